package org.jobtrail.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.ListAssert;
import org.jobtrail.record.Kinds.Kind;
import org.junit.jupiter.api.Test;

class KindsTest {

    @Test
    void nothingDifferentIsNoKind() {
        between("'name':'a','lastStatus':'Success'", "'name':'a','lastStatus':'success'")
                .isEmpty();
    }

    @Test
    void theSwitchIsAKindOfItsOwn() {
        between("'isEnabled':false", "'isEnabled':'true'").containsExactly(kind("enabled", "isEnabled"));
        between("'isEnabled':true", "'isEnabled':false").containsExactly(kind("disabled", "isEnabled"));
    }

    @Test
    void aSwitchThatSaysNothingClearIsConfiguration() {
        between("'isEnabled':true", "'isEnabled':'perhaps'")
                .containsExactly(kind("configuration-changed", "isEnabled"));
        between("'isEnabled':true", "'name':null").containsExactly(kind("configuration-changed", "isEnabled"));
    }

    @Test
    void whatAnAdministratorSetsIsConfiguration() {
        between(
                        "'name':'a','description':'x','backupType':'EntireOrganization','repositoryId':'1',"
                                + "'schedulePolicy':{'type':'Daily'}",
                        "'name':'b','description':'y','backupType':'SelectedItems','repositoryId':'2',"
                                + "'schedulePolicy':{'type':'Periodically'}")
                .containsExactly(kind(
                        "configuration-changed",
                        "backupType",
                        "description",
                        "name",
                        "repositoryId",
                        "schedulePolicy"));
    }

    @Test
    void anotherStatusIsAKindWithAllThatTheRunMoved() {
        between(
                        "'lastStatus':'Running','nextRun':'2026-11-23T10:00:00Z'",
                        "'lastStatus':'Success','lastRun':'2026-11-23T10:05:00Z','nextRun':'2026-11-23T11:00:00Z'")
                .containsExactly(kind("status-changed", "lastRun", "lastStatus", "nextRun"));
    }

    @Test
    void aRunThatEndedAsTheOneBeforeItIsAKind() {
        between(
                        "'lastStatus':'Success','lastRun':'2026-11-23T10:00:00Z','nextRun':'2026-11-23T11:00:00Z'",
                        "'lastStatus':'Success','lastRun':'2026-11-23T11:00:00Z','nextRun':'2026-11-23T12:00:00Z'")
                .containsExactly(kind("run-completed", "lastRun", "nextRun"));
    }

    @Test
    void aNextRunThatMovedAloneIsAKind() {
        between("'nextRun':'2026-11-23T11:00:00Z'", "'nextRun':'2026-11-23T12:00:00Z'")
                .containsExactly(kind("rescheduled", "nextRun"));
        between("'nextRun':'2026-11-23T11:00:00Z'", "'nextRun':null").containsExactly(kind("rescheduled", "nextRun"));
    }

    @Test
    void kindsThatApplyTogetherComeInOrderAndNameOnlyTheirOwnFields() {
        between(
                        "'isEnabled':false,'name':'a','lastStatus':'Stopped'",
                        "'isEnabled':true,'name':'b','lastStatus':'Queued'")
                .containsExactly(
                        kind("enabled", "isEnabled"),
                        kind("configuration-changed", "name"),
                        kind("status-changed", "lastStatus"));
    }

    @Test
    void betweenTwoVersionsOnlyWhatAllOfThemSayAlikeIsAChange() {
        acrossVersions(
                        "'isEnabled':true,'lastStatus':'Success','lastRun':'2026-11-23T10:00:00Z','name':'a'",
                        "'isEnabled':false,'lastStatus':'Failed','lastRun':'2026-11-23T11:00:00Z','name':'a','backupType':'x'")
                .containsExactly(
                        kind("disabled", "isEnabled"),
                        kind("status-changed", "lastStatus"),
                        kind("rebaselined", "backupType", "lastRun"));
    }

    @Test
    void aStatusThatOlderVersionsDoNotHaveIsNoChangeBetweenVersions() {
        acrossVersions("'lastStatus':'Stopped'", "'lastStatus':'Disconnected'")
                .containsExactly(kind("rebaselined", "lastStatus"));
        acrossVersions("'lastStatus':'Disconnected'", "'lastStatus':'Stopped'")
                .containsExactly(kind("rebaselined", "lastStatus"));
        acrossVersions("'name':'a'", "'name':'a','lastStatus':'Failed','isEnabled':true")
                .containsExactly(kind("rebaselined", "isEnabled", "lastStatus"));
    }

    @Test
    void everyKindHasTheNameAndThePlaceThatReadersRelyOn() {
        assertThat(Arrays.stream(ChangeKind.values()).map(ChangeKind::toString))
                .containsExactly(
                        "created",
                        "missing",
                        "reappeared",
                        "enabled",
                        "disabled",
                        "configuration-changed",
                        "status-changed",
                        "run-completed",
                        "rescheduled",
                        "rebaselined",
                        "erased");
    }

    private static org.assertj.core.groups.Tuple kind(String name, String... fields) {
        return tuple(name, List.of(fields));
    }

    private static org.assertj.core.api.AbstractListAssert<?, ?, org.assertj.core.groups.Tuple, ?> between(
            String before, String after) {
        ListAssert<Kind> kinds = assertThat(Kinds.between(snapshot(before), snapshot(after)));
        return kinds.extracting(kind -> kind.change().toString(), Kind::changedFields);
    }

    private static org.assertj.core.api.AbstractListAssert<?, ?, org.assertj.core.groups.Tuple, ?> acrossVersions(
            String before, String after) {
        ListAssert<Kind> kinds = assertThat(Kinds.acrossVersions(snapshot(before), snapshot(after)));
        return kinds.extracting(kind -> kind.change().toString(), Kind::changedFields);
    }

    private static org.jobtrail.transform.JobSnapshot snapshot(String fields) {
        return Lists.snapshot("{\"id\":\"1\",%s}".formatted(fields.replace('\'', '"')));
    }
}
