package org.jobtrail.authenticate;

import org.jobtrail.settings.Settings.Source;

/** What an operator is told of an answer that ends a login. */
final class LoginProblem {

    private LoginProblem() {}

    static LoginException of(Source source, int status) {
        String setting = "source." + source.name();
        return new LoginException(
                status == 404
                        ? "no version of the API answers at %s: check %s.url and %s.api-version, and that the REST service is enabled"
                                .formatted(source.url(), setting, setting)
                        : "the login at %s was answered with status %d%s"
                                .formatted(source.url(), status, hint(status)));
    }

    static String hint(int status) {
        return status >= 300 && status < 400 ? ": redirects are not followed" : "";
    }
}
