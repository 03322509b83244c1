package org.jobtrail.crash;

/** Something that an instance and one of its servers say to each other, at one of the moments of its way. */
record Passing(Stage stage, String text) {

    enum Stage {
        /** The server has not got it. */
        REQUEST,
        /** The server has done it, and the instance does not know. */
        ANSWERING,
        /** The instance has half of the answer. */
        HALFWAY,
        /** The instance has all of the answer. */
        ANSWERED
    }

    boolean is(Stage wanted, String what) {
        return stage == wanted && text.contains(what);
    }
}
