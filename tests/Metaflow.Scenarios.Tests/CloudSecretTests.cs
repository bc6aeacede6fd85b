using System.Text;
using Metaflow.Errors;
using Metaflow.ObjectStorage.Tests.Servers;

namespace Metaflow.Scenarios.Tests;

/// <summary>Secrets of a cloud, as moto imitates it.</summary>
public sealed class CloudSecretTests(MotoServer moto) : IAsyncLifetime
{
    private readonly Workplace _place = new();
    private readonly string _name = $"team/{Guid.NewGuid():N}";

    public async ValueTask InitializeAsync()
    {
        var address = await moto.RequiredAsync();
        _place.Environment["AWS_ACCESS_KEY_ID"] = "k";
        _place.Environment["AWS_SECRET_ACCESS_KEY"] = "s";
        _place.Environment["AWS_ENDPOINT_URL"] = address.ToString();
        _place.Environment["METAFLOW_HOME"] = _place.Folder;
        await File.WriteAllTextAsync(
            Path.Combine(_place.Folder, "config.json"),
            """
            {
                "METAFLOW_AWS_SECRETS_MANAGER_DEFAULT_REGION": "eu-west-1",
                "METAFLOW_DEFAULT_SECRETS_BACKEND_TYPE": "aws-secrets-manager"
            }
            """);
        using var client = new HttpClient();
        using var content = new StringContent(
            $$"""{"Name": "{{_name}}", "SecretString": "{\"TOKEN\": \"cloud-hunter22\"}", "ClientRequestToken": "{{Guid.NewGuid()}}"}""",
            Encoding.UTF8, "application/x-amz-json-1.1");
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = content };
        request.Headers.Add("x-amz-target", "secretsmanager.CreateSecret");
        request.Headers.TryAddWithoutValidation(
            "authorization",
            "AWS4-HMAC-SHA256 Credential=k/20260101/eu-west-1/secretsmanager/aws4_request, SignedHeaders=host, Signature=0");
        (await client.SendAsync(request)).EnsureSuccessStatusCode();
    }

    public ValueTask DisposeAsync()
    {
        _place.Dispose();
        return default;
    }

    [Theory]
    [InlineData("", "process")]
    [InlineData("aws-secrets-manager.", "process")]
    [InlineData("", "in-process")]
    public async Task A_secret_reaches_the_step_as_a_profile_says_and_is_hidden(string backend, string isolation)
    {
        var outcome = (await _place.RunAsync(
            "GivenSecretFlow", "run", "--isolation", isolation, "--with", $"secrets:sources={backend}{_name}")).Succeeded();
        var task = _place.Client().Flow("GivenSecretFlow").LatestRun!.Step("start").Task!;
        Assert.Equal("cloud-hunter22".Length, task.Data.Get<int>("length"));
        Assert.Contains("the token is ***.", task.Stdout, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter22", outcome.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_secret_that_is_not_there_fails_the_task_and_says_why()
    {
        var outcome = await _place.RunAsync("GivenSecretFlow", "run", "--with", "secrets:sources=aws-secrets-manager.none");
        Assert.Equal(ExitCodes.Failure, outcome.ExitCode);
        Assert.Contains(ErrorCodes.SecretMissing, outcome.All, StringComparison.Ordinal);
        Assert.Contains("the region 'eu-west-1'", outcome.All, StringComparison.Ordinal);
    }
}
