namespace Metaflow.Cli.Tests;

/// <summary>Compares texts with files of <c>Expectations</c>; writes them when METAFLOW_REWRITE_EXPECTATIONS names the folder of the
/// sources.</summary>
internal static class Expectation
{
    public static void Matches(string name, string actual)
    {
        if (Environment.GetEnvironmentVariable("METAFLOW_REWRITE_EXPECTATIONS") is { Length: > 0 } folder)
        {
            File.WriteAllText(Path.Combine(folder, name + ".txt"), actual);
            return;
        }

        var file = Path.Combine(AppContext.BaseDirectory, "Expectations", name + ".txt");
        Assert.True(File.Exists(file), $"There is no expectation '{name}'; the text was:\n{actual}");
        Assert.Equal(File.ReadAllText(file), actual);
    }
}
