namespace Metaflow.Scenarios.Tests.StepPackages;

/// <summary>Files of an environment that are damaged between the beginning of a run and the start of a task.</summary>
public sealed class DamagedEnvironmentTests
{
    private const string Program = """
        public static class Program
        {
            public static Task<int> Main(string[] args) => FlowProgram.RunAsync<DamagedFlow>(args);
        }

        public partial class DamagedFlow : FlowSpec
        {
            [Step]
            Transition Start()
            {
                var folder = Environment.GetEnvironmentVariable("METAFLOW_ENVIRONMENTS_FOLDER")!;
                var pattern = Environment.GetEnvironmentVariable("DAMAGED_FILES")!;
                foreach (var file in Directory.EnumerateFiles(folder, pattern, SearchOption.AllDirectories).ToList())
                {
                    if (Environment.GetEnvironmentVariable("DAMAGE") is { Length: > 0 } damage)
                    {
                        File.WriteAllText(file, damage);
                    }
                    else
                    {
                        File.Delete(file);
                    }
                }

                return Next(Middle);
            }

            [Step]
            Transition Middle() => Next(Higher);

            [Step, NuGet("Acme.Lib", "3.0.0")]
            Transition Higher() => Next(End);

            [Step]
            void End() => Console.WriteLine(Acme.Lib.Text);
        }
        """;

    [Theory]
    [InlineData("*.deps.json", "", "does not exist")]
    [InlineData("*.deps.json", "{", "Error initializing the dependency resolver")]
    [InlineData("*.runtimeconfig.json", "", "does not exist")]
    [InlineData("Acme.Lib.dll", "", "was not found")]
    public async Task What_the_host_of_DotNet_says_is_told_with_a_remedy_and_no_signal(string files, string content, string said)
    {
        using var program = new VersionsProgram(Program);
        program.Place.Environment["DAMAGED_FILES"] = files;
        program.Place.Environment["DAMAGE"] = content;

        var run = await program.RunAsync("run");

        Assert.Equal(1, run.ExitCode);
        Assert.True(run.All.Contains("MF6014", StringComparison.Ordinal), run.All);
        Assert.Contains("The .NET runtime did not start the program of task", run.All, StringComparison.Ordinal);
        Assert.Contains(said, run.All, StringComparison.Ordinal);
        Assert.DoesNotContain("signal", run.All, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("segmentation", run.All, StringComparison.OrdinalIgnoreCase);

        // The remedy that the error names.
        program.Place.Environment["DAMAGED_FILES"] = "none";
        (await program.RunAsync("environment", "resolve")).Succeeded();
        Assert.Contains("acme 2.0.0", (await program.RunAsync("resume")).Succeeded().Output, StringComparison.Ordinal);
    }
}
