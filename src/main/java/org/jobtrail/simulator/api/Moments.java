package org.jobtrail.simulator.api;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import org.jobtrail.simulator.world.Ticks;

/** Moments as the server writes them: by its own clock, which a fault may have put wrong. */
public final class Moments {
    private static final DateTimeFormatter HTTP_DATE =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US);

    private final Supplier<Duration> skew;

    public Moments(Supplier<Duration> skew) {
        this.skew = skew;
    }

    String text(Instant instant) {
        return Ticks.text(instant.plus(skew.get()));
    }

    public String httpDate(Instant instant) {
        return HTTP_DATE.format(instant.plus(skew.get()).atOffset(ZoneOffset.UTC));
    }

    /** A moment that is not there: v6 and v7 write null, the others leave it out. Clients have met both. */
    void write(JsonGenerator json, ApiVersion version, String name, Optional<Instant> instant) throws IOException {
        if (instant.isPresent()) {
            json.writeStringField(name, text(instant.get()));
        } else if (version == ApiVersion.V6 || version == ApiVersion.V7) {
            json.writeNullField(name);
        }
    }
}
