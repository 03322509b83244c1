package org.jobtrail.embedded;

import java.util.Map;
import java.util.TreeMap;

/** What can be embedded, with the prefix of the settings that would have named a server elsewhere. */
public enum Part {
    DATABASE("database", "database."),
    BROKER("Kafka broker", "kafka.");

    private final String noun;
    private final String settingsPrefix;

    Part(String noun, String settingsPrefix) {
        this.noun = noun;
        this.settingsPrefix = settingsPrefix;
    }

    String noun() {
        return noun;
    }

    Map<String, String> settingsAmong(Map<String, String> settings) {
        Map<String, String> mine = new TreeMap<>(settings);
        mine.keySet().removeIf(name -> !name.startsWith(settingsPrefix));
        return mine;
    }
}
