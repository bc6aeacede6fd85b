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

    private static string SourceFolder([System.Runtime.CompilerServices.CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
