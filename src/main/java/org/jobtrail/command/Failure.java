package org.jobtrail.command;

import java.sql.SQLException;
import org.apache.kafka.common.KafkaException;
import org.jobtrail.embedded.EmbeddedServersException;
import org.jobtrail.kafka.MissingTopicException;
import org.jobtrail.pipeline.InvalidRoutesException;
import org.jobtrail.recover.CannotRecoverException;
import org.jobtrail.settings.InvalidSettingException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** Ends the program with one sentence where the failure was foreseen, and with a stack trace where it is our mistake. */
public final class Failure implements IExecutionExceptionHandler {

    @Override
    public int handleExecutionException(Exception failure, CommandLine command, ParseResult arguments)
            throws Exception {
        if (!foreseen(failure)) {
            throw failure;
        }
        command.getErr()
                .println("jobtrail: " + String.valueOf(failure.getMessage()).strip());
        return CommandLine.ExitCode.SOFTWARE;
    }

    private static boolean foreseen(Exception failure) {
        return failure instanceof InvalidSettingException
                || failure instanceof EmbeddedServersException
                || failure instanceof MissingTopicException
                || failure instanceof InvalidRoutesException
                || failure instanceof CannotRecoverException
                || failure instanceof SQLException
                || failure instanceof KafkaException
                || failure instanceof CannotRunException;
    }
}
