package org.jobtrail;

public final class Jobtrail {
    private Jobtrail() {}

    public static void main(String[] arguments) {
        System.out.println("hello");
    }
}
