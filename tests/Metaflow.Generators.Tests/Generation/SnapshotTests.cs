using Metaflow.Generators.Tests.Compiling;

namespace Metaflow.Generators.Tests.Generation;

public sealed class SnapshotTests
{
    /// <summary>Set to write the file anew after an intended change; look at the difference before you commit it.</summary>
    private const string UpdateVariable = "METAFLOW_UPDATE_SNAPSHOTS";

    [Fact]
    public void The_text_that_is_generated_is_the_one_that_was_reviewed()
    {
        var text = Assert.Single(FlowCompilation.Of(Flows.GenreStats).GeneratedTexts);
        var path = Path.Combine(SourceFolder(), "Snapshots", "GenreStatsFlow.txt");
        if (Environment.GetEnvironmentVariable(UpdateVariable) is "1")
        {
            File.WriteAllText(path, text);
        }

        Assert.Equal(File.ReadAllText(path), text);
    }

    // Not the path that the compiler knows: a deterministic build gives it a root of its own.
    private static string SourceFolder()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Metaflow.slnx")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests must run inside the repository.");
        }

        return Path.Combine(folder, "tests", "Metaflow.Generators.Tests", "Generation");
    }
}
