using Metaflow.Architecture.Tests.Rules;
using Metaflow.Architecture.Tests.Sources;

namespace Metaflow.Architecture.Tests;

public sealed class BannedCallTests(RepositorySources sources)
{
    [Fact]
    public void Banned_calls_stay_in_their_places()
        => Problems.AssertNone(sources.Compilations.SelectMany(static project => BannedCalls.Check(project, BannedCalls.Bans)));

    [Theory]
    [InlineData("System.Environment.Exit(1)", "Environment.Exit")]
    [InlineData("_ = DateTime.UtcNow", "DateTime.UtcNow")]
    [InlineData("_ = DateTimeOffset.Now.Year", "DateTimeOffset.Now")]
    [InlineData("Thread.Sleep(1)", "Thread.Sleep")]
    [InlineData("Sleep(1)", "Thread.Sleep")]
    [InlineData("Console.Out.Flush()", "Console.Out")]
    [InlineData("Console.WriteLine(1)", "Console.WriteLine")]
    [InlineData("_ = System.Diagnostics.Process.Start(\"true\")", "Process.Start")]
    [InlineData("_ = Environment.GetEnvironmentVariable(\"HOME\")", "Environment.GetEnvironmentVariable")]
    public void A_banned_call_is_found(string statement, string named)
    {
        var problem = Assert.Single(BannedCalls.Check(Sample("src/Metaflow.Core/A.cs", statement), BannedCalls.Bans));

        Assert.Contains(named, problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("src/Metaflow/Programs/A.cs", 1)]
    [InlineData("src/Metaflow.Core/Stores/LocalStorePlugin.cs", 0)]
    public void A_local_store_is_made_by_its_registration_alone(string path, int problems)
    {
        var sample = ProjectCompiler.CompileSample(
            (path, "namespace Metaflow; static class A { static object M() => new Storage.LocalBlobStore(1); }"),
            ("src/Metaflow.Core/Storage/LocalBlobStore.cs",
                "namespace Metaflow.Storage; class LocalBlobStore { public LocalBlobStore(int a) { } }"));

        Assert.Equal(problems, BannedCalls.Check(sample, BannedCalls.Bans).Count);
    }

    [Theory]
    [InlineData("src/Metaflow.Cli/Views/A.cs", "Console.WriteLine(1)")]
    [InlineData("src/Metaflow/Programs/TaskProgram.cs", "Console.WriteLine(1)")]
    [InlineData("src/Metaflow/Launching/A.cs", "_ = System.Diagnostics.Process.Start(\"true\")")]
    [InlineData("src/Metaflow.Core/Settings/A.cs", "_ = Environment.GetEnvironmentVariables()")]
    [InlineData("src/Metaflow/A.cs", "_ = Environment.NewLine")]
    [InlineData("src/Metaflow/A.cs", "_ = TimeProvider.System.GetUtcNow()")]
    public void A_call_in_its_place_is_fine(string path, string statement)
        => Assert.Empty(BannedCalls.Check(Sample(path, statement), BannedCalls.Bans));

    private static ProjectCompilation Sample(string path, string statement) => ProjectCompiler.CompileSample(
        (path,
            $"using static System.Threading.Thread; namespace Metaflow; static class A {{ /* Console.Write */ static void M() "
                + $"{{ {statement}; }} }}"));
}
