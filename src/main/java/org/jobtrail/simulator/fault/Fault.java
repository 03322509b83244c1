package org.jobtrail.simulator.fault;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What can be wrong with a server. Data calls are all but those for a token. */
public enum Fault {
    TOKEN_EXPIRES(Value.NUMBER, "a token is refused after N data calls"),
    TOKEN_EXPIRES_BETWEEN_PAGES(Value.EVERY, "the token expires at every Nth later page"),
    ANTIFORGERY_REQUIRED(Value.NONE, "v7 and v8 want disable_antiforgery_token=true"),
    REFRESH_REFUSED(Value.EVERY, "every Nth refresh is refused"),
    LOGIN_REFUSED(Value.EVERY, "every Nth sign-in by password is refused"),
    PAGE_LIMIT(Value.NUMBER, "a page has at most N elements, and says so in its limit"),
    PAGE_DRIFT(Value.EVERY, "at every Nth later page the first element goes or comes back"),
    DUPLICATE_AT_EDGE(Value.EVERY, "every Nth later page begins one element early"),
    MISSING_AT_EDGE(Value.EVERY, "every Nth later page begins one element late"),
    EMPTY_401(Value.EVERY, "every Nth data call gets 401 and an empty body"),
    FORBIDDEN(Value.NUMBER, "403 for the lists of organization N, the first being 1"),
    TOO_MANY_REQUESTS(Value.EVERY, "every Nth data call gets 429 and Retry-After: 1"),
    SERVER_ERROR(Value.EVERY, "every Nth data call gets 500"),
    SLOW_ANSWER(Value.NUMBER, "every answer comes N milliseconds late"),
    SLOW_BODY(Value.NUMBER, "data comes in pieces of 256 bytes, N milliseconds apart"),
    CUT_BODY(Value.EVERY, "every Nth data call's body ends too early"),
    LOGIN_PAGE(Value.EVERY, "every Nth data call gets 200 and a page of HTML"),
    CLOCK_SKEW(Value.DURATION, "Date and all moments are off, by PT5M or -PT5M"),
    SERVER_REPLACED(Value.NONE, "another installation with other organizations answers here"),
    HANG(Value.EVERY, "every Nth request is never answered");

    /** What may follow the name. */
    enum Value {
        NONE(""),
        EVERY("[=N]"),
        NUMBER("=N"),
        DURATION("=DURATION");

        private final String form;

        Value(String form) {
            this.form = form;
        }
    }

    private final Value value;
    private final String meaning;

    Fault(Value value, String meaning) {
        this.value = value;
        this.meaning = meaning;
    }

    static Optional<Fault> of(String name) {
        return Arrays.stream(values())
                .filter(fault -> fault.label().equals(name))
                .findFirst();
    }

    String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    Value value() {
        return value;
    }

    /** Its line of the help text. */
    public String line() {
        return label() + value.form + ": " + meaning + ".";
    }
}
