using System.Collections.Concurrent;
using System.Text.Json;
using Metaflow.Errors;
using Metaflow.ObjectStorage.Tests.Servers;
using Microsoft.AspNetCore.Http;

namespace Metaflow.Scenarios.Tests;

/// <summary>Profiles that the tool sets up for S3, as moto imitates it.</summary>
public sealed class CloudSetupTests(MotoServer moto) : IAsyncLifetime
{
    private const string Template = "deploy/aws/metaflow.yaml";

    private readonly Workplace _place = new();
    private readonly string _bucket = $"b{Guid.NewGuid():N}";
    private Uri _address = null!;

    private string Profile => Path.Combine(_place.Folder, "config.json");

    public async ValueTask InitializeAsync()
    {
        _address = await moto.RequiredAsync();
        _place.Environment["METAFLOW_HOME"] = _place.Folder;
        _place.Environment["AWS_ACCESS_KEY_ID"] = "k";
        _place.Environment["AWS_SECRET_ACCESS_KEY"] = "s";
        _place.Environment["AWS_REGION"] = "eu-west-1";
        _place.Environment["AWS_ENDPOINT_URL"] = _address.ToString();
        using var client = new HttpClient();
        (await client.PutAsync(new Uri(_address, _bucket), null)).EnsureSuccessStatusCode();
    }

    public ValueTask DisposeAsync()
    {
        _place.Dispose();
        return default;
    }

    [Fact]
    public async Task Answers_are_tried_at_once_and_may_be_corrected_and_other_settings_stay()
    {
        await File.WriteAllTextAsync(Profile, """{"METAFLOW_ZZZ": 5, "METAFLOW_A": "x"}""", TestContext.Current.CancellationToken);
        var outcome = (await _place.AnswerToolAsync(
            $"s3:/{_bucket}\ns3://not-{_bucket}/x\ns3://{_bucket}/x/\n\nlocl\nlocal\n", "configure", "aws")).Succeeded();
        Assert.Contains(ErrorCodes.StoreAddressInvalid, outcome.Errors, StringComparison.Ordinal);
        Assert.Contains(ErrorCodes.BucketMissing, outcome.Errors, StringComparison.Ordinal);
        Assert.Equal(
            $$"""
            {
                "METAFLOW_A": "x",
                "METAFLOW_DATASTORE_SYSROOT_S3": "s3://{{_bucket}}/x",
                "METAFLOW_DATATOOLS_S3ROOT": "s3://{{_bucket}}/x/data",
                "METAFLOW_DEFAULT_DATASTORE": "s3",
                "METAFLOW_DEFAULT_METADATA": "local",
                "METAFLOW_ZZZ": 5
            }

            """,
            await File.ReadAllTextAsync(Profile, TestContext.Current.CancellationToken));

        // The object of the check is gone.
        using var client = new HttpClient();
        var listed = await client.GetStringAsync(new Uri(_address, _bucket), TestContext.Current.CancellationToken);
        Assert.DoesNotContain("<Key>", listed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_answers_of_the_profile_are_the_defaults_and_what_follows_from_them_follows()
    {
        string[] command = ["configure", "aws", "--yes", "--root", $"s3://{_bucket}/x"];
        (await _place.RunToolAsync([.. command, "--metadata", "local"])).Succeeded();
        (await _place.AnswerToolAsync($"s3://{_bucket}/y\n\nstore\n", "configure", "aws")).Succeeded();
        var profile = await File.ReadAllTextAsync(Profile, TestContext.Current.CancellationToken);
        Assert.Contains($"\"s3://{_bucket}/y/data\"", profile, StringComparison.Ordinal);
        Assert.DoesNotContain("METADATA", profile, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_provider_of_records_that_only_Python_has_is_kept_and_told()
    {
        await File.WriteAllTextAsync(Profile, """{"METAFLOW_DEFAULT_METADATA": "service"}""", TestContext.Current.CancellationToken);
        var outcome = (await _place.AnswerToolAsync($"s3://{_bucket}/x\n\n", "configure", "aws")).Succeeded();
        Assert.Contains("--metadata store", outcome.Errors, StringComparison.Ordinal);
        Assert.Contains("\"service\"", await File.ReadAllTextAsync(Profile, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("MF2085", "--root", 2)]
    [InlineData("MF2085", "with '--yes'", 2, "--yes")]
    [InlineData("MF4017", "Create it", 1, "--yes", "--root", "s3://not-there-at-all/x")]
    [InlineData("MF2087", "list-stacks", 1, "--stack", "none")]
    public async Task Without_good_answers_nothing_is_written_and_the_error_says_what_to_do(
        string code, string fix, int exitCode, params string[] options)
    {
        var outcome = await _place.RunToolAsync(["configure", "aws", .. options]);
        Assert.Equal(exitCode, outcome.ExitCode);
        Assert.Contains($"[{code}]", outcome.Errors, StringComparison.Ordinal);
        Assert.Contains(fix, outcome.Errors, StringComparison.Ordinal);
        Assert.False(File.Exists(Profile));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_server_that_does_not_keep_what_a_run_needs_is_told(bool forgets)
    {
        var objects = new ConcurrentDictionary<string, byte[]>();
        await using var server = await SmallServer.StartAsync(async context =>
        {
            var path = context.Request.Path.Value!;
            var content = new MemoryStream();
            await context.Request.Body.CopyToAsync(content);
            context.Response.Headers.ETag = "\"e\"";
            switch (context.Request.Method)
            {
                case "PUT":
                    objects[path] = forgets ? [] : content.ToArray();
                    break;
                case "DELETE":
                    objects.TryRemove(path, out _);
                    break;
                default:
                    await context.Response.Body.WriteAsync(
                        objects.TryGetValue(path, out var found) ? found : "<ListBucketResult></ListBucketResult>"u8.ToArray());
                    break;
            }
        });
        var outcome = await _place.RunToolAsync(
            "configure", "aws", "--yes", "--root", "s3://ours/x", "--endpoint", server.Address.ToString());
        Assert.Contains("[MF2086]", outcome.Errors, StringComparison.Ordinal);
        Assert.Contains(forgets ? "could not be read" : "METAFLOW_S3_CONDITIONAL_WRITES", outcome.Errors, StringComparison.Ordinal);
        Assert.Empty(objects);
    }

    [Fact]
    public async Task A_stack_of_the_template_has_what_runs_need()
    {
        var stack = $"s{Guid.NewGuid():N}";
        await CallAsync(
            "cloudformation",
            ("Action", "CreateStack"), ("Version", "2010-05-15"), ("StackName", stack), ("Capabilities.member.1", "CAPABILITY_IAM"),
            ("TemplateBody", await File.ReadAllTextAsync(RepositoryFile(Template), TestContext.Current.CancellationToken)),
            ("Parameters.member.1.ParameterKey", "SecretPrefix"), ("Parameters.member.1.ParameterValue", "metaflow/"));

        (await _place.RunToolAsync("configure", "aws", "--stack", stack)).Succeeded();

        using var profile = JsonDocument.Parse(await File.ReadAllTextAsync(Profile, TestContext.Current.CancellationToken));
        var root = profile.RootElement.GetProperty("METAFLOW_DATASTORE_SYSROOT_S3").GetString()!;
        Assert.Equal($"{root}/data", profile.RootElement.GetProperty("METAFLOW_DATATOOLS_S3ROOT").GetString());
        (await _place.RunAsync("LinearFlow", "run")).Succeeded();
        Assert.False(Directory.Exists(_place.Root), "something was kept in files");

        // Moto applies no other property of buckets.
        using var client = new HttpClient();
        var encryption = new Uri(_address, $"{new Uri(root).Host}?encryption");
        Assert.Contains(
            "AES256", await client.GetStringAsync(encryption, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public void The_template_gives_the_permissions_that_the_page_lists()
    {
        var page = File.ReadAllText(RepositoryFile("docs/s3.md"));
        var policy = Between(File.ReadAllText(RepositoryFile(Template)), "  RunsPolicy:", "  TaskRole:");
        Assert.Equal(Permissions(Between(page, "## Permissions", "## Costs")), Permissions(policy));

        static string Between(string text, string from, string to)
        {
            var start = text.IndexOf(from, StringComparison.Ordinal);
            return text[start..text.IndexOf(to, start, StringComparison.Ordinal)];
        }

        static IEnumerable<string> Permissions(string text)
            => text.Split('"', '`').Where(static word => word.StartsWith("s3:", StringComparison.Ordinal)).Distinct().Order();
    }

    [Fact]
    public async Task A_stack_without_settings_is_told()
    {
        var stack = $"s{Guid.NewGuid():N}";
        await CallAsync(
            "cloudformation", ("Action", "CreateStack"), ("Version", "2010-05-15"), ("StackName", stack),
            ("TemplateBody", """{"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}"""));
        var outcome = await _place.RunToolAsync("configure", "aws", "--stack", stack);
        Assert.Contains("[MF2087]", outcome.Errors, StringComparison.Ordinal);
        Assert.Contains("CREATE_COMPLETE", outcome.Errors, StringComparison.Ordinal);
    }

    private static string RepositoryFile(string path)
        => Path.Combine(AppContext.BaseDirectory[..AppContext.BaseDirectory.IndexOf("/tests/", StringComparison.Ordinal)], path);

    private async Task CallAsync(string service, params (string Name, string Value)[] form)
    {
        using var client = new HttpClient();
        using var content = new FormUrlEncodedContent(form.Select(static pair => KeyValuePair.Create(pair.Name, pair.Value)));
        using var request = new HttpRequestMessage(HttpMethod.Post, _address) { Content = content };
        request.Headers.TryAddWithoutValidation(
            "authorization", $"AWS4-HMAC-SHA256 Credential=k/20260101/eu-west-1/{service}/aws4_request, SignedHeaders=host, Signature=0");
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
