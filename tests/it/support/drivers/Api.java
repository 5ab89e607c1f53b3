import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URL;

/** Shared by all Java drivers. */
public final class Api {
    private Api() {}

    /** Calls the protected API with a token and prints what the test reads. */
    public static void report(String token) throws IOException {
        report(token, null);
    }

    /** The same, with the time at which the token ends, in milliseconds since 1970. */
    public static void report(String token, Long expiresAt) throws IOException {
        URL url = new URL(System.getenv("TEST_API") + "/api/me");
        HttpURLConnection connection = (HttpURLConnection) url.openConnection();
        connection.setRequestProperty("Authorization", "Bearer " + token);
        connection.setRequestProperty("x-api-key", System.getenv("TEST_API_KEY"));
        boolean ok = connection.getResponseCode() == 200;
        String left = expiresAt == null ? "null" : String.valueOf((expiresAt - System.currentTimeMillis()) / 1000.0);
        String start = token.substring(0, Math.min(10, token.length()));
        System.out.println("{\"access_token_prefix\": \"" + start + "\", \"expires_at_seconds_from_now\": " + left
            + ", \"ok\": " + ok + "}");
    }
}
