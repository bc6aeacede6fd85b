using Metaflow.Errors;
using Metaflow.ObjectStorage.Data;
using Metaflow.Storage;

namespace Metaflow.ObjectStorage.Tests.Data;

/// <summary>Data of authors in a folder.</summary>
public sealed class LocalFolderTests : ObjectFolderSuite
{
    private readonly string _folder = Directory.CreateTempSubdirectory("data").FullName;

    protected override string Root => $"local://{_folder}/some/prefix";

    public override ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return base.DisposeAsync();
    }

    [Fact]
    public async Task Files_that_are_there_are_objects_and_what_is_kept_beside_them_is_none()
    {
        var path = Path.Combine(_folder, "plain");
        await File.WriteAllTextAsync(path, "1", Token);
        using var folder = ObjectFolder.Open(_folder);
        await folder.PutAsync(new ObjectPut("typed", "2") { ContentType = "text/plain" }, cancellationToken: Token);

        Assert.Equal("1", (await folder.GetAsync("plain", cancellationToken: Token)).ReadText());
        Assert.Equal(["plain", "typed"], (await folder.ListPathsAsync(cancellationToken: Token)).Select(static info => info.Key));
        await folder.DeleteAsync(["typed"], Token);
        Assert.Equal([path], Directory.GetFiles(_folder));
    }

    [Fact]
    public async Task The_data_of_a_run_are_below_the_root_of_the_settings_or_the_datastore()
    {
        var run = new Run(StoreAddress.Local($"{_folder}/.metaflow"));
        using var own = ObjectFolder.ForRun(run, options: DataPlace.OptionsWith());
        using var set = ObjectFolder.ForRun(run, options: DataPlace.OptionsWith(("METAFLOW_DATATOOLS_LOCALROOT", $"{_folder}/here")));
        using var given = ObjectFolder.ForRun(run, root: $"{_folder}/there", options: DataPlace.OptionsWith());
        await own.PutAsync("x", "1", cancellationToken: Token);

        Assert.Equal($"local://{_folder}/.metaflow/data/TrainFlow/17", own.Address);
        Assert.Equal($"local://{_folder}/here/TrainFlow/17", set.Address);
        Assert.Equal($"local://{_folder}/there/TrainFlow/17", given.Address);
        Assert.True(File.Exists($"{_folder}/.metaflow/data/TrainFlow/17/x"));
        var error = Assert.Throws<ConfigurationException>(() => ObjectFolder.ForRun(run, type: "s3", options: DataPlace.OptionsWith()));
        Assert.Equal(ErrorCodes.NoDataRoot, error.Code);
        Assert.Contains("METAFLOW_DATATOOLS_S3ROOT", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("s3", "METAFLOW_DATATOOLS_S3ROOT", "s3:/bucket/q", "s3://bucket/q")]
    [InlineData("s3", "METAFLOW_DATATOOLS_S3ROOT", "gs://bucket/q", "s3://bucket/prefix")]
    [InlineData("local", "METAFLOW_DATATOOLS_LOCALROOT", "s3://bucket/q", "/data")]
    public void A_root_that_cannot_be_is_named_with_its_setting(string type, string setting, string root, string remedy)
    {
        var run = new Run(StoreAddress.Local($"{_folder}/.metaflow"));
        var error = Assert.Throws<ConfigurationException>(
            () => ObjectFolder.ForRun(run, type, options: DataPlace.OptionsWith((setting, root))));
        Assert.Equal(ErrorCodes.InvalidSetting, error.Code);
        Assert.Contains(setting, error.What, StringComparison.Ordinal);
        Assert.Contains($"'{root}'", error.What, StringComparison.Ordinal);
        Assert.Contains($"'{remedy}'", error.Fix, StringComparison.Ordinal);
    }

    protected override ObjectFolder Open(string? root) => root is null ? ObjectFolder.OpenAddresses() : ObjectFolder.Open(root);

    private sealed record Run(StoreAddress? Datastore) : IRunScope
    {
        public string FlowName => "TrainFlow";

        public string RunId => "17";
    }
}
