using Metaflow.ObjectStorage.Tests.Servers;
using Metaflow.Scenarios.Tests.Clouds;

namespace Metaflow.Scenarios.Tests.StepPackages;

/// <summary>Steps that run with packages of their own, in S3.</summary>
public sealed class StepPackageS3Tests(MotoServer moto) : IDisposable
{
    private readonly VersionsProgram _program = new();

    public void Dispose() => _program.Dispose();

    [Fact]
    public async Task A_run_is_repeated_from_the_bucket_alone_by_a_machine_that_knows_nothing()
    {
        var cloud = new MotoCloud(moto);
        var server = await cloud.ServerAsync();
        foreach (var (name, value) in cloud.VariablesOf(server, await cloud.CreatePlaceAsync(server)))
        {
            _program.Place.Environment[name] = value;
        }

        var first = (await _program.RunAsync("run")).Succeeded();
        _program.RemoveFeed();
        _program.RemoveCaches();
        Directory.Delete(_program.Place.Root, recursive: true);

        var second = (await _program.RunAsync("run")).Succeeded();

        Assert.All([first, second], static run =>
        {
            Assert.Contains("start: acme 1.0.0", run.Output, StringComparison.Ordinal);
            Assert.Contains("higher: acme 3.0.0", run.Output, StringComparison.Ordinal);
            Assert.Contains("end: acme 2.0.0", run.Output, StringComparison.Ordinal);
        });
        Assert.False(Directory.Exists(Path.Combine(_program.Place.Folder, "conda_env")), "Nothing of it is in files.");
    }
}
