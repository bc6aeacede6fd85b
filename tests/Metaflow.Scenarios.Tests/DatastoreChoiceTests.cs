namespace Metaflow.Scenarios.Tests;

/// <summary>Datastores that a profile names but that cannot be, and set-ups whose addresses have credentials.</summary>
public sealed class DatastoreChoiceTests : IDisposable
{
    private readonly Workplace _place = new();

    public DatastoreChoiceTests() => _place.Environment["METAFLOW_HOME"] = Path.Combine(_place.Folder, "home");

    public void Dispose() => _place.Dispose();

    [Theory]
    [InlineData("--help")]
    [InlineData("version")]
    [InlineData("show")]
    [InlineData("check")]
    [InlineData("--datastore", "local", "run")]
    [InlineData("run", "--datastore-root", "elsewhere")]
    public async Task A_default_datastore_that_cannot_be_stops_no_command_that_does_not_use_it(params string[] arguments)
    {
        _place.Environment["METAFLOW_DEFAULT_DATASTORE"] = "shelf";
        (await _place.RunAsync("LinearFlow", arguments)).Succeeded();
    }

    [Theory]
    [InlineData("METAFLOW_DEFAULT_METADATA", "shelf", "--help")]
    [InlineData("METAFLOW_DEFAULT_METADATA", "shelf", "help")]
    [InlineData("METAFLOW_DEFAULT_METADATA", "shelf", "version")]
    [InlineData("METAFLOW_DEFAULT_METADATA", "shelf", "show")]
    [InlineData("METAFLOW_DEFAULT_METADATA", "shelf", "check")]
    [InlineData("METAFLOW_DEFAULT_METADATA", "shelf", "--metadata", "local", "run")]
    [InlineData("METAFLOW_DEFAULT_ENVIRONMENT", "pypi", "help")]
    [InlineData("METAFLOW_CLIENT_CACHE_MAX_SIZE", "much", "version")]
    [InlineData("METAFLOW_PROFILE", "none", "run", "--help")]
    public async Task A_setting_that_cannot_be_stops_no_command_that_does_not_use_it(string name, string value, params string[] arguments)
    {
        _place.Environment[name] = value;
        (await _place.RunAsync("LinearFlow", arguments)).Succeeded();
    }

    [Theory]
    [InlineData("METAFLOW_DEFAULT_METADATA", "shelf", "MF2004", "run")]
    [InlineData("METAFLOW_DEFAULT_METADATA", "shelf", "MF2004", "runs")]
    [InlineData("METAFLOW_DEFAULT_ENVIRONMENT", "pypi", "MF2004", "run")]
    [InlineData("METAFLOW_CLIENT_CACHE_MAX_SIZE", "much", "MF2105", "runs")]
    [InlineData("METAFLOW_PROFILE", "none", "MF2021", "run")]
    public async Task A_command_that_uses_a_setting_that_cannot_be_is_refused(
        string name, string value, string code, params string[] arguments)
    {
        _place.Environment[name] = value;
        var refused = await _place.RunAsync("LinearFlow", arguments);
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains($"[{code}]", refused.Errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_place.Root), "something was kept in files");
    }

    [Theory]
    [InlineData("s3:/bucket/x")]
    [InlineData("S3://bucket/x")]
    [InlineData("s3//bucket/x")]
    public async Task A_copy_to_what_is_almost_an_address_is_refused(string to)
    {
        (await _place.RunAsync("LinearFlow", "run", "--run-id-file", "id")).Succeeded();
        var run = await File.ReadAllTextAsync(Path.Combine(_place.Folder, "id"), TestContext.Current.CancellationToken);
        var refused = await _place.RunToolAsync("copy", $"LinearFlow/{run}", "--to", to);
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("Write 's3://bucket/x'", refused.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_in_a_default_datastore_that_cannot_be_is_refused()
    {
        _place.Environment["METAFLOW_DEFAULT_DATASTORE"] = "shelf";
        var refused = await _place.RunAsync("LinearFlow", "run");
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("[MF2004]", refused.Errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_place.Root), "something was kept in files");
    }

    [Theory]
    [InlineData("MF2105", "azure", "--endpoint", "ours.blob.core.windows.net/?sv=1&sig=SECRET", "--root", "cont/p", "--yes")]
    [InlineData("MF2105", "azure", "--endpoint", "https://u:SECRET@ours.blob.core.windows.net", "--root", "cont/p", "--yes")]
    [InlineData("MF2080", "aws", "--root", "s3://AKIA:SECRET@bbb/mf", "--yes")]
    [InlineData("MF2105", "aws", "--endpoint", "http://u:SECRET@127.0.0.1:9", "--root", "s3://bbb/mf", "--yes")]
    [InlineData("MF2105", "gcp", "--endpoint", "http://u:SECRET@127.0.0.1:9", "--root", "gs://bbb/mf", "--yes")]
    public async Task Credentials_in_an_address_are_refused_without_being_shown(string code, params string[] options)
    {
        var refused = await _place.RunToolAsync(["configure", .. options]);
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains($"[{code}]", refused.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("SECRET", refused.Output + refused.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_storage_account_that_a_connection_string_names_needs_no_endpoint()
    {
        _place.Environment["AZURE_STORAGE_CONNECTION_STRING"] = "no connection string";
        var tried = await _place.RunToolAsync("configure", "azure", "--root", "our-runs/metaflow", "--yes");
        Assert.Contains("AZURE_STORAGE_CONNECTION_STRING", tried.Errors, StringComparison.Ordinal);
        Assert.Contains("[MF2105]", tried.Errors, StringComparison.Ordinal);
        Assert.Contains(
            "configure azure --endpoint https://ours.blob.core.windows.net --root our-runs/metaflow --yes",
            (await _place.RunToolAsync("configure", "azure", "--help")).Output, StringComparison.Ordinal);
    }
}
