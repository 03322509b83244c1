package org.jobtrail.transform;

/** A job within its organization. */
public record JobKey(String type, String id) {}
