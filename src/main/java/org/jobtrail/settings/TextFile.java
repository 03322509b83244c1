package org.jobtrail.settings;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file that somebody has written with an editor. */
final class TextFile {

    private TextFile() {}

    /**
     * Without the byte-order mark that some editors begin with.
     *
     * @throws InvalidSettingException where it is not UTF-8
     */
    static String read(String setting, Path file) throws IOException {
        try {
            return Files.readString(file).replaceFirst("^\\uFEFF", "");
        } catch (CharacterCodingException e) {
            throw new InvalidSettingException(setting, "names %s, which is not UTF-8".formatted(file));
        }
    }
}
