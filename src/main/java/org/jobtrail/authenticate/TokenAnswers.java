package org.jobtrail.authenticate;

import java.util.Set;

/** How the server has answered calls that were sent with the token at hand: whether the token is any good. Guarded by its session. */
final class TokenAnswers {

    /** Renewed at once; another version; busy. */
    private static final Set<Integer> SAYS_NOTHING_OF_THE_TOKEN = Set.of(401, 404, 429);

    private boolean asked;
    private boolean accepted;
    private int unanswered;
    private boolean useful;
    private boolean refused;
    private boolean denied;

    void beginToken() {
        accepted = false;
        denied = false;
        unanswered = 0;
    }

    void beginPoll() {
        asked = false;
        useful = false;
        refused = false;
        denied = false;
    }

    void sent() {
        asked = true;
        // Where no answer comes, this stays: a list may then be begun once more than need be.
        unanswered++;
    }

    void answered(int status) {
        asked = true;
        unanswered--;
        accepted |= status != 401;
        useful |= status < 400;
        denied |= status == 401;
        refused |= status < 500 && status >= 400 && !SAYS_NOTHING_OF_THE_TOKEN.contains(status);
    }

    /** True where a call with the token was accepted, or may be: it was good once. */
    boolean wasAccepted() {
        return accepted || unanswered > 0;
    }

    /** True where the poll sent no call. */
    boolean areNone() {
        return !asked;
    }

    /** True where the poll got nothing but refusals: the token may be worth nothing, though the server does not say so. */
    boolean areRefusals() {
        return refused && !useful;
    }

    /** True where the poll got nothing with the token, whether it was refused or called invalid. */
    boolean areUseless() {
        return !useful && (refused || denied);
    }
}
