package org.jobtrail.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.networknt.schema.Error;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jobtrail.text.RecordedJson;

/** The files of the contract, and what they say of a value: nothing, where it is as promised. */
final class Contract {

    static final Contract NOW = new Contract(Path.of("src/main/resources/contract"));

    /** As v1 was published first. What is on somebody's topic was written under it, and so were their programs. */
    static final Contract FIRST = new Contract(Path.of("src/test/resources/contract/v1"));

    static final String EVENT = "job-event.v1.schema.json";
    static final String STATE = "job-state.v1.schema.json";

    private static final String SITE = "https://jobtrail.org/schema/";
    private static final String ASYNC_API = "https://jobtrail.org/contract/asyncapi";

    private final Path folder;
    private final SchemaRegistry schemas;

    private Contract(Path folder) {
        this.folder = folder;
        var known = Map.of(
                SITE + EVENT,
                text(EVENT),
                SITE + STATE,
                text(STATE),
                ASYNC_API,
                asyncApi().retain("components").toString());
        this.schemas = SchemaRegistry.withDefaultDialect(
                SpecificationVersion.DRAFT_2020_12, builder -> builder.schemas(known));
    }

    JsonNode schema(String file) {
        return RecordedJson.object(text(file));
    }

    ObjectNode asyncApi() {
        try {
            return (ObjectNode) new ObjectMapper(new YAMLFactory()).readTree(text("asyncapi.yaml"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    JsonNode example(String name) {
        return RecordedJson.object(text("examples/" + name + ".json"));
    }

    List<String> examples() {
        try (var files = Files.list(folder.resolve("examples"))) {
            return files.map(file -> file.getFileName().toString().replace(".json", ""))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<String> objections(String schema, JsonNode value) {
        return objections(SchemaLocation.of(SITE + schema), value);
    }

    /** @param name of a schema in asyncapi.yaml */
    List<String> objectionsToHeaders(String name, JsonNode headers) {
        return objections(SchemaLocation.of(ASYNC_API + "#/components/schemas/" + name), headers);
    }

    private List<String> objections(SchemaLocation schema, JsonNode value) {
        return schemas.getSchema(schema).validate(value).stream()
                .map(Error::toString)
                .toList();
    }

    private String text(String file) {
        try {
            return Files.readString(folder.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
