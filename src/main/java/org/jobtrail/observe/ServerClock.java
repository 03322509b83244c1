package org.jobtrail.observe;

import java.time.Duration;

/** Is told how far a server's clock is off: its time less ours. */
public interface ServerClock {

    void offBy(Duration offset);
}
