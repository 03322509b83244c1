package org.jobtrail.contract;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a later schema breaks of an earlier one of the same version. Programs that were written for the earlier read what is
 * told from now on, and those that are written for the later read the topic from its beginning: so nothing may be narrowed, and
 * nothing widened. Optional members may be added, and words may change that only people read.
 */
final class Compatibility {

    private static final Set<String> FOR_PEOPLE = Set.of("title", "description", "examples", "$comment");

    /** Below these, each member is a name and has a schema. */
    private static final Set<String> NAMES = Set.of("properties", "$defs");

    private final List<String> breaks = new ArrayList<>();

    private Compatibility() {}

    static List<String> breaks(JsonNode earlier, JsonNode later) {
        var compatibility = new Compatibility();
        compatibility.schema("", earlier, later);
        return compatibility.breaks;
    }

    private void schema(String path, JsonNode earlier, JsonNode later) {
        if (!earlier.isObject() || !later.isObject()) {
            same(path, earlier, later);
            return;
        }
        var keywords = new TreeSet<String>();
        earlier.fieldNames().forEachRemaining(keywords::add);
        later.fieldNames().forEachRemaining(keywords::add);
        keywords.removeAll(FOR_PEOPLE);
        for (String keyword : keywords) {
            String below = path + "/" + keyword;
            if (NAMES.contains(keyword)) {
                names(below, earlier.path(keyword), later.path(keyword));
            } else if (isSchemas(earlier.get(keyword), later.get(keyword))) {
                schemas(below, earlier.get(keyword), later.get(keyword));
            } else {
                schema(below, earlier.path(keyword), later.path(keyword));
            }
        }
    }

    private void names(String path, JsonNode earlier, JsonNode later) {
        earlier.fieldNames().forEachRemaining(name -> {
            if (later.has(name)) {
                schema(path + "/" + name, earlier.get(name), later.get(name));
            } else {
                breaks.add(path + "/" + name + " is gone");
            }
        });
        // A name that may not be there is no addition: who sends it today is refused.
        later.fieldNames().forEachRemaining(name -> {
            if (!earlier.has(name)
                    && later.get(name).isBoolean()
                    && !later.get(name).booleanValue()) {
                breaks.add(path + "/" + name + " is forbidden now");
            }
        });
    }

    private static boolean isSchemas(JsonNode earlier, JsonNode later) {
        return earlier != null
                && later != null
                && earlier.isArray()
                && earlier.size() == later.size()
                && !earlier.isEmpty()
                && earlier.get(0).isObject();
    }

    private void schemas(String path, JsonNode earlier, JsonNode later) {
        for (int i = 0; i < earlier.size(); i++) {
            schema(path + "/" + i, earlier.get(i), later.get(i));
        }
    }

    private void same(String path, JsonNode earlier, JsonNode later) {
        if (!earlier.equals(later)) {
            breaks.add("%s was %s, is %s".formatted(path, said(earlier), said(later)));
        }
    }

    private static String said(JsonNode value) {
        return value.isMissingNode() ? "not there" : value.toString();
    }
}
