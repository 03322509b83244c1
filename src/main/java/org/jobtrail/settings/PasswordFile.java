package org.jobtrail.settings;

import java.io.IOException;
import java.nio.file.Path;

/** A file that holds a password and nothing else but, perhaps, what an editor adds: a byte-order mark, an end of line. */
public final class PasswordFile {

    private PasswordFile() {}

    /** @throws InvalidSettingException where there is no password in it */
    public static String read(String setting, Path file) {
        try {
            String password = TextFile.read(setting, file).replaceFirst("(\\r\\n|\\n|\\r)\\z", "");
            if (password.isEmpty()) {
                throw new InvalidSettingException(setting, "names %s, which is empty".formatted(file));
            }
            return password;
        } catch (IOException e) {
            throw new InvalidSettingException(
                    setting,
                    "names %s, which cannot be read: %s"
                            .formatted(file, e.getClass().getSimpleName()));
        }
    }
}
