package org.jobtrail.database;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.ParameterMetaData;
import java.sql.PreparedStatement;
import javax.sql.DataSource;

/**
 * A pool whose statements know by themselves how many parameters they have. camel-jdbc asks each one before it runs it, and
 * PostgreSQL's driver would ask the server, which parses the statement once more: every statement would go there and back twice.
 * Thread-safe where the pool is.
 */
final class UndescribedStatements {

    private UndescribedStatements() {}

    static DataSource of(DataSource pool) {
        return proxy(
                DataSource.class,
                pool,
                (method, result, arguments) ->
                        result instanceof Connection connection ? connection(connection) : result);
    }

    private static Connection connection(Connection connection) {
        return proxy(
                Connection.class,
                connection,
                (method, result, arguments) ->
                        method.getName().equals("prepareStatement") && result instanceof PreparedStatement statement
                                ? statement(statement, (String) arguments[0])
                                : result);
    }

    private static PreparedStatement statement(PreparedStatement statement, String sql) {
        int parameters = (int) sql.chars().filter(character -> character == '?').count();
        ParameterMetaData counted = (ParameterMetaData) Proxy.newProxyInstance(
                UndescribedStatements.class.getClassLoader(),
                new Class<?>[] {ParameterMetaData.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("getParameterCount")) {
                        return parameters;
                    }
                    throw new UnsupportedOperationException(method.getName());
                });
        return (PreparedStatement) Proxy.newProxyInstance(
                UndescribedStatements.class.getClassLoader(),
                new Class<?>[] {PreparedStatement.class},
                (proxy, method, arguments) ->
                        method.getName().equals("getParameterMetaData") ? counted : call(statement, method, arguments));
    }

    private interface Result {
        Object of(Method method, Object result, Object[] arguments);
    }

    private static <T> T proxy(Class<T> type, T target, Result answer) {
        InvocationHandler handler =
                (proxy, method, arguments) -> answer.of(method, call(target, method, arguments), arguments);
        return type.cast(
                Proxy.newProxyInstance(UndescribedStatements.class.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private static Object call(Object target, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
