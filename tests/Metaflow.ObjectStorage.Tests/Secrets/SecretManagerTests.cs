using Metaflow.Errors;
using Metaflow.Gcp.Credentials;
using Metaflow.Gcp.Secrets;
using Metaflow.ObjectStorage.Tests.Servers;
using Metaflow.Secrets;
using Metaflow.Settings;
using Metaflow.Storage;
using Microsoft.AspNetCore.Http;

namespace Metaflow.ObjectStorage.Tests.Secrets;

/// <summary>Secrets of Google, against a strict imitation.</summary>
public sealed class SecretManagerTests : IDisposable
{
    private const string Prefix = "METAFLOW_GCP_SECRET_MANAGER_PREFIX";
    private readonly string _home = Directory.CreateTempSubdirectory("secrets").FullName;

    public void Dispose() => Directory.Delete(_home, recursive: true);

    [Theory]
    [InlineData("db-password", "db_password", "new")]
    [InlineData("db-password/versions/1", "db_password", "old")]
    [InlineData("db-password?env_var_name=TOKEN", "TOKEN", "new")]
    [InlineData("projects/42/secrets/db-password", "db_password", "new")]
    [InlineData("projects/42/secrets/db-password/versions/1", "db_password", "old")]
    [InlineData("bytes?binary=true", "bytes", "/wCA")]
    [InlineData("settings?json=true", "A", "b")]
    [InlineData("settings", "settings", "{\"A\": \"b\"}")]
    public async Task A_secret_is_read_by_its_name_or_its_path(string source, string variable, string value)
        => Assert.Equal(new() { [variable] = value }, await ReadAsync(source));

    [Fact]
    public async Task A_prefix_may_be_the_beginning_of_names()
        => Assert.Equal(new() { ["password"] = "new" }, await ReadAsync("password", "projects/42/secrets/db-"));

    [Theory]
    [InlineData("gone", "MF3041", "project")]
    [InlineData("disabled", "MF3041", "Enable")]
    [InlineData("closed", "MF3042", "Secret Manager Secret Accessor")]
    [InlineData("bytes", "MF3043", "binary=true")]
    [InlineData("bytes?json=true", "MF3043", "binary=true")]
    [InlineData("strange", "MF3044", "documentation")]
    [InlineData("a.b", "MF3045", "projects/ours")]
    [InlineData("projects/42/secrets/", "MF3045", "projects/ours")]
    [InlineData("projects/42/secrets/a/versions/", "MF3045", "projects/ours")]
    [InlineData("a/../b", "MF3045", "projects/ours")]
    public async Task A_refusal_says_what_to_do(string source, string code, string fix)
    {
        var error = await Assert.ThrowsAsync<StepFailedException>(() => ReadAsync(source));
        Assert.Equal(code, error.Code);
        Assert.Contains(fix, error.Fix, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter22", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_prefix_that_makes_no_path_is_an_error_that_names_it()
    {
        var error = await Assert.ThrowsAsync<StepFailedException>(() => ReadAsync("a", "projects/42"));
        Assert.Equal("MF3045", error.Code);
        Assert.Contains(Prefix, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_project_the_error_says_what_to_set()
    {
        var error = await Assert.ThrowsAsync<ConfigurationException>(() => ReadAsync("a", ""));
        Assert.Equal("MF2084", error.Code);
        Assert.Contains(Prefix, error.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_is_not_sent_where_others_can_read_it()
    {
        var error = await Assert.ThrowsAsync<ConfigurationException>(
            () => ReadAsync("a", "projects/42/secrets/", "http://secrets.example.org"));
        Assert.Equal("MF2105", error.Code);
    }

    private async Task<Dictionary<string, string>> ReadAsync(
        string source, string prefix = "projects/42/secrets/", string? endpoint = null)
    {
        await using var server = await SmallServer.StartAsync(AnswerAsync);
        var file = Path.Combine(_home, "user.json");
        await File.WriteAllTextAsync(
            file,
            $$"""
            {
              "type": "impersonated_service_account", "quota_project_id": "ours",
              "service_account_impersonation_url": "{{server.Address}}impersonate",
              "source_credentials": {
                "type": "authorized_user", "client_id": "c", "client_secret": "s", "refresh_token": "r",
                "token_uri": "{{server.Address}}token"
              }
            }
            """);
        var environment = new Dictionary<string, string>
        {
            [Prefix] = prefix,
            ["GOOGLE_APPLICATION_CREDENTIALS"] = file,
            ["CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER"] = endpoint ?? server.Address.ToString(),
        };
        var provider = new SecretManagerProvider(
            SettingReader.Of(StoreOptions.Of(environment, TimeProvider.System)), new GoogleVariables(environment.GetValueOrDefault),
            TimeProvider.System);
        return new(await provider.GetSecretsAsync(
            new SecretRequest(source, null, _home), TestContext.Current.CancellationToken));
    }

    private static async Task AnswerAsync(HttpContext context)
    {
        var request = context.Request;
        if (request.Path == "/token")
        {
            await context.Response.WriteAsync("""{"access_token": "of-user", "expires_in": 3600}""");
            return;
        }

        if (request.Path == "/impersonate")
        {
            using var reader = new StreamReader(request.Body);
            var isForSecrets = (await reader.ReadToEndAsync()).Contains("auth/cloud-platform", StringComparison.Ordinal);
            context.Response.StatusCode = isForSecrets && request.Headers.Authorization == "Bearer of-user" ? 200 : 403;
            await context.Response.WriteAsync("""{"accessToken": "given"}""");
            return;
        }

        var isGood = request is { Method: "GET", QueryString.HasValue: false } && request.Headers.Authorization == "Bearer given"
            && request.Headers["x-goog-user-project"] == "ours";
        const string Start = "/v1/projects/42/secrets/";
        var (status, body) = !isGood ? (418, "{}") : request.Path.Value switch
        {
            Start + "db-password/versions/latest:access" => (200, Payload("new"u8)),
            Start + "db-password/versions/1:access" => (200, Payload("old"u8)),
            Start + "settings/versions/latest:access" => (200, Payload("""{"A": "b"}"""u8)),
            Start + "bytes/versions/latest:access" => (200, Payload([0xff, 0, 0x80])),
            Start + "strange/versions/latest:access" => (200, """{"payload": {"data": "hunter22!"}}"""),
            Start + "gone/versions/latest:access" => (404, Problem("NOT_FOUND", "Secret not found.")),
            Start + "disabled/versions/latest:access" => (400, Problem("FAILED_PRECONDITION", "It is DISABLED.")),
            Start + "closed/versions/latest:access" => (403, Problem("PERMISSION_DENIED", "No.")),
            _ => (418, "{}"),
        };
        context.Response.StatusCode = status;
        await context.Response.WriteAsync(body);
    }

    private static string Payload(ReadOnlySpan<byte> bytes)
        => $$$"""{"name": "x", "payload": {"data": "{{{Convert.ToBase64String(bytes)}}}"}}""";

    private static string Problem(string status, string message)
        => $$$"""{"error": {"status": "{{{status}}}", "message": "{{{message}}}"}}""";
}
