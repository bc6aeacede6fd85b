using Metaflow.Errors;
using Metaflow.Launching;

namespace Metaflow.Tests.Launching;

public sealed class TaskHostLocationTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("metaflow-host-").FullName;

    private string Deps => Path.Combine(_folder, "app.deps.json");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_host_is_started_with_the_files_of_the_program()
    {
        Write("app.deps.json", "app.runtimeconfig.json", "Metaflow.TaskHost.dll");

        var location = new TaskHostLocation($"/nowhere/other.deps.json;{Deps}", "/usr/bin/dotnet", _folder).For(typeof(SomeFlow));

        Assert.Equal("/usr/bin/dotnet", location.FileName);
        Assert.Equal(
            [
                "exec", "--depsfile", Deps, "--runtimeconfig", Path.Combine(_folder, "app.runtimeconfig.json"),
                Path.Combine(_folder, "Metaflow.TaskHost.dll"), typeof(SomeFlow).Assembly.GetName().Name!,
                typeof(SomeFlow).Assembly.Location, typeof(SomeFlow).FullName!, "", "",
            ],
            location.Arguments);
    }

    [Fact]
    public void An_executable_finds_the_runtime_that_it_uses()
    {
        Write("app.deps.json", "app.runtimeconfig.json", "Metaflow.TaskHost.dll", "dotnet");

        var location = new TaskHostLocation(
            Deps, Path.Combine(_folder, "app"), Path.Combine(_folder, "shared", "Microsoft.NETCore.App", "10.0.0")).For(typeof(SomeFlow));

        Assert.Equal(Path.Combine(_folder, "dotnet"), location.FileName);
    }

    [Theory]
    [InlineData("runtimeconfig.json", "app.deps.json", "Metaflow.TaskHost.dll")]
    [InlineData("'Metaflow.TaskHost.dll'", "app.deps.json", "app.runtimeconfig.json")]
    [InlineData("self-contained", "app.deps.json", "app.runtimeconfig.json", "Metaflow.TaskHost.dll")]
    public void A_program_without_its_files_says_which_are_missing(string named, params string[] files)
    {
        Write(files);

        var error =
            Assert.Throws<LaunchException>(() => new TaskHostLocation(Deps, Path.Combine(_folder, "app"), _folder).For(typeof(SomeFlow)));

        Assert.Equal(ErrorCodes.TaskHostNotAvailable, error.Code);
        Assert.Contains(named, error.Why, StringComparison.Ordinal);
        Assert.Contains("TaskIsolation.InProcess", error.Fix, StringComparison.Ordinal);
    }

    private void Write(params string[] files)
    {
        foreach (var file in files)
        {
            File.WriteAllText(Path.Combine(_folder, file), "{}");
        }
    }

    private sealed class SomeFlow : FlowSpec;
}
