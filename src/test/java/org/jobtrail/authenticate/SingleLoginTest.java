package org.jobtrail.authenticate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jobtrail.support.Await;
import org.junit.jupiter.api.Test;

class SingleLoginTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final SingleLogin logins = new SingleLogin();

    @Test
    void theNextLoginBeginsWhenTheOneThatIsUnderWayHasEnded() throws Exception {
        SingleLogin.UnderWay first = logins.begin(PATIENCE);
        var second = new CompletableFuture<SingleLogin.UnderWay>();
        var waiting = new Thread(() -> second.complete(logins.begin(PATIENCE)));
        waiting.start();
        Await.until(PATIENCE, () -> "the second waits", () -> waiting.getState() == Thread.State.TIMED_WAITING);
        assertThat(second).isNotDone();

        first.end();

        assertThat(second.get(30, TimeUnit.SECONDS)).isNotNull();
    }

    @Test
    void aLoginThatEndsTwiceLetsOneOtherBegin() {
        SingleLogin.UnderWay first = logins.begin(PATIENCE);
        first.end();
        first.end();
        logins.begin(PATIENCE);

        assertThatThrownBy(() -> logins.begin(Duration.ofMillis(10)))
                .isInstanceOf(LoginException.class)
                .hasMessageContaining("another login");
    }
}
