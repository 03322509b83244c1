package org.jobtrail.embedded;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What can be embedded, with the prefix of the settings that would have named a server elsewhere. */
public enum EmbeddedKind {
    DATABASE("database", "database."),
    BROKER("Kafka broker", "kafka."),
    SOURCE("source", "source.", "poll.");

    private final String noun;
    private final List<String> settingsPrefixes;

    EmbeddedKind(String noun, String... settingsPrefixes) {
        this.noun = noun;
        this.settingsPrefixes = List.of(settingsPrefixes);
    }

    String noun() {
        return noun;
    }

    Map<String, String> settingsAmong(Map<String, String> settings) {
        Map<String, String> mine = new TreeMap<>(settings);
        mine.keySet().removeIf(name -> settingsPrefixes.stream().noneMatch(name::startsWith));
        return mine;
    }
}
