package org.jobtrail.command;

import org.jobtrail.settings.Program;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints. */
public final class Version implements IVersionProvider {

    @Override
    public String[] getVersion() {
        return new String[] {"jobtrail " + Program.version()};
    }
}
