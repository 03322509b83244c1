package org.jobtrail.simulator.api;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.jobtrail.simulator.http.Answer;

/** The versions of the API. What differs from one to the next stands where it is written. */
public enum ApiVersion {
    V1,
    V2,
    V3,
    V4,
    V5,
    V6,
    V7,
    V8;

    public static Optional<ApiVersion> of(String name) {
        return Arrays.stream(values())
                .filter(version -> version.segment().equals(name))
                .findFirst();
    }

    /** The first segment of its paths, in lower case. */
    public String segment() {
        return name().toLowerCase(Locale.ROOT);
    }

    boolean since(ApiVersion version) {
        return compareTo(version) >= 0;
    }

    /** The product that has this version as its newest one. */
    String product() {
        return switch (this) {
            case V6 -> "6.1.0.254";
            case V7 -> "7.1.0.1501";
            case V8 -> "8.4.0.1014";
            default -> (ordinal() + 1) + ".0.0.0";
        };
    }

    /** A failure in the words of this version. Which of the codes there are, it knows best. */
    Answer error(int status, String message, String errorCode) {
        return Answer.json(status, json -> {
            json.writeStartObject();
            json.writeStringField("message", message);
            if (this == V8) {
                json.writeStringField("errorCode", errorCode);
            } else if (this == V7) {
                // It knows one code, which is none of the simulator's failures.
                json.writeNullField("errorCode");
            }
            json.writeEndObject();
        });
    }
}
