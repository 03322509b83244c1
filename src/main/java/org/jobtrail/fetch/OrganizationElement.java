package org.jobtrail.fetch;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import java.io.IOException;
import org.jobtrail.text.Storable;
import org.jobtrail.veeam.Organization;

/**
 * What is read of an element of a list of organizations. Everything else is passed over and never becomes an object: it holds
 * accounts and certificates, and what is odd about it does not matter.
 */
@JsonIgnoreProperties(ignoreUnknown = true)
record OrganizationElement(String id, String name) {

    private static final int DEEPEST = 900;

    private static final JsonFactory LENIENT =
            JsonFactory.builder().streamReadConstraints(constraints()).build();

    /** Refuses a field that stands there twice: nobody knows which of them is meant. */
    static ObjectMapper mapper() {
        return JsonMapper.builder(JsonFactory.builder()
                        .streamReadConstraints(constraints())
                        .build())
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .addModule(new SimpleModule().addDeserializer(String.class, new TextOnly()))
                .build();
    }

    private static StreamReadConstraints constraints() {
        return StreamReadConstraints.builder()
                .maxNestingDepth(DEEPEST)
                .maxNameLength(Integer.MAX_VALUE)
                .maxNumberLength(Integer.MAX_VALUE)
                .maxStringLength(Integer.MAX_VALUE)
                .build();
    }

    /** The first id and name of an element that {@link #mapper} refuses, up to where it cannot be read at all. */
    static OrganizationElement asFarAsItCanBeRead(byte[] text) {
        String id = null;
        String name = null;
        try (JsonParser parser = LENIENT.createParser(text)) {
            if (parser.nextToken() == JsonToken.START_OBJECT) {
                while (parser.nextToken() == JsonToken.FIELD_NAME) {
                    String field = parser.currentName();
                    boolean isText = parser.nextToken() == JsonToken.VALUE_STRING;
                    if (isText && id == null && field.equals("id")) {
                        id = parser.getText();
                    } else if (isText && name == null && field.equals("name")) {
                        name = parser.getText();
                    }
                    parser.skipChildren();
                }
            }
        } catch (IOException e) {
            // It is refused for this very reason.
        }
        return new OrganizationElement(id, name);
    }

    boolean hasId() {
        return id != null;
    }

    /** @throws UnreadableOrganizationException where it cannot be told from others */
    Organization organization() {
        if (id == null || id.isBlank()) {
            throw new UnreadableOrganizationException("it has no id");
        }
        String storable = Storable.text(id);
        if (Storable.isLongerThan(Organization.LONGEST_ID, storable)) {
            throw new UnreadableOrganizationException(
                    "its id is longer than %d bytes".formatted(Organization.LONGEST_ID));
        }
        return new Organization(storable, name == null || name.isBlank() ? null : name);
    }

    /** A number or an object is no name: Jackson would make a text of the one and fail on the other. */
    private static final class TextOnly extends StdDeserializer<String> {

        private static final long serialVersionUID = 1L;

        TextOnly() {
            super(String.class);
        }

        @Override
        public String deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            if (parser.currentToken() == JsonToken.VALUE_STRING) {
                return parser.getText();
            }
            parser.skipChildren();
            return "";
        }
    }
}
