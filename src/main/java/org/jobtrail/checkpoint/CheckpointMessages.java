package org.jobtrail.checkpoint;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.camel.Body;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Variable;
import org.apache.camel.support.DefaultMessage;
import org.jobtrail.database.StatementParameters;
import org.jobtrail.text.JsonText;

/** What {@code 9-write-checkpoint} asks: the messages that checkpoints are, and where they go besides the topic. */
public final class CheckpointMessages {

    private final CheckpointFile file;

    public CheckpointMessages(Path file) {
        this.file = new CheckpointFile(file);
    }

    /** The body is a list of transactions: one with all the messages, or none. */
    public void sign(
            @Variable("chain") CheckpointChain chain, @Body List<Map<String, Object>> rows, Exchange exchange) {
        List<Message> messages = chain.sign(Heads.of(rows)).stream()
                .map(checkpoint -> message(exchange.getContext(), checkpoint))
                .toList();
        exchange.getMessage().removeHeaders("*");
        exchange.getMessage().setBody(messages.isEmpty() ? List.of() : List.of(messages));
    }

    public void keep(@Body Checkpoint checkpoint, Exchange exchange) throws IOException {
        file.append(checkpoint);
        var heads = JsonNodeFactory.instance.arrayNode();
        checkpoint.organizations().forEach(head -> heads.add(Checkpoint.node(head)));
        StatementParameters.set(exchange, Map.of("number", checkpoint.number(), "heads", JsonText.of(heads)));
    }

    private static Message message(CamelContext context, Checkpoint checkpoint) {
        Message message = new DefaultMessage(context);
        message.setBody(checkpoint.jws().getBytes(StandardCharsets.US_ASCII));
        return message;
    }
}
