namespace Metaflow.Scenarios.Tests.StepPackages;

/// <summary>Values whose type is of a package that steps run in different versions.</summary>
public sealed class StepPackageValueTests
{
    private const string Member = "public string Owner { get; set; }";

    [Fact]
    public async Task A_value_that_the_reading_version_cannot_read_is_refused_before_the_run()
    {
        using var program = new VersionsProgram();
        (await program.RunAsync("run")).Succeeded();
        program.Feed.Add("Acme.Lib", "3.5.0", With("3.5.0", Member.Replace("public ", "public required ", StringComparison.Ordinal)));

        var resolved = await program.RunAsync("environment", "resolve", "--force");
        var check = await program.RunAsync("check");
        var run = await program.RunAsync("run");
        var spin = await program.RunAsync("spin", "higher");

        foreach (var outcome in (CommandOutcome[])[resolved, check, run])
        {
            Assert.True(outcome.ExitCode == 1, outcome.All);
            Assert.Contains("MF7028", outcome.All, StringComparison.Ordinal);
            Assert.Contains(
                "Step 'higher' cannot read the artifact 'where' that step 'start' writes.", outcome.All, StringComparison.Ordinal);
            Assert.Contains(
                "'where.Owner' differs: Acme.Lib 3.5.0 needs 'owner' of 'Acme.Place', which Acme.Lib 1.0.0 does not have.", outcome.All,
                StringComparison.Ordinal);
        }

        // What the run would have met.
        Assert.True(spin.All.Contains("MF4103", StringComparison.Ordinal), spin.All);
        Assert.Contains("'where' has no 'owner', which 'Place' needs.", spin.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_version_without_the_type_of_an_artifact_is_refused_before_the_run()
    {
        using var program = new VersionsProgram();
        (await program.RunAsync("run")).Succeeded();
        program.Feed.Add(
            "Acme.Lib", "3.5.0", With("3.5.0", "").Replace("class Place", "class Spot", StringComparison.Ordinal));

        var run = await program.RunAsync("environment", "resolve", "--force");
        var spin = await program.RunAsync("spin", "higher");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("MF7028", run.All, StringComparison.Ordinal);
        Assert.Contains(
            "Step 'higher' cannot start: its version of a package lacks the type of the artifact 'where'.", run.All,
            StringComparison.Ordinal);
        Assert.Contains("Acme.Lib 3.5.0 has no type 'Acme.Place'.", run.All, StringComparison.Ordinal);
        Assert.True(spin.All.Contains("TypeLoadException", StringComparison.Ordinal), spin.All);
    }

    [Fact]
    public async Task A_value_that_only_may_be_unreadable_is_a_warning_and_the_run_goes_on()
    {
        using var program = new VersionsProgram(
            VersionsProgram.Source.Replace("\"1.0.0\"", "\"1.5.0\"", StringComparison.Ordinal));
        program.Feed.Add("Acme.Lib", "1.5.0", With("1.5.0", SignOf("One, Two")));
        program.Feed.Add("Acme.Lib", "3.5.0", With("3.5.0", SignOf("Two")));

        var run = (await program.RunAsync("run")).Succeeded();

        Assert.Contains("MF7029", run.All, StringComparison.Ordinal);
        Assert.Contains("Step 'higher' may fail to read the artifact 'where' that step 'start' writes.", run.All, StringComparison.Ordinal);
        Assert.Contains("has no 'One', which Acme.Lib 1.5.0 has.", run.All, StringComparison.Ordinal);

        static string SignOf(string names) => $"public Mark Sign {{ get; set; }} = Mark.Two; public enum Mark {{ {names} }}";
    }

    [Fact]
    public async Task A_flow_that_is_run_from_code_and_is_in_a_library_is_looked_at_in_the_library()
    {
        const string Program = """
            public static class Program
            {
                public static async Task<int> Main(string[] args)
                {
                    try
                    {
                        await FlowRunner.RunAsync<VersionsFlow>();
                        return 0;
                    }
                    catch (Metaflow.Errors.MetaflowException error)
                    {
                        Console.Error.WriteLine($"{error.Code}: {error.Message}");
                        return 1;
                    }
                }
            }
            """;
        using var program = new VersionsProgram(Program, VersionsProgram.FlowSource);
        program.Feed.Add("Acme.Lib", "3.5.0", With("3.5.0", Member.Replace("public ", "public required ", StringComparison.Ordinal)));

        var run = await program.RunAsync();

        Assert.True(run.Errors.Contains("MF7028", StringComparison.Ordinal), run.All);
        Assert.Contains("'where.Owner' differs", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_library_of_the_author_calls_and_the_packages_lack_is_said_for_the_steps_that_come_to_it()
    {
        const string Library = "public static class Sizes { public static void Grow(Acme.Place place) => place.Size += 10; }";
        using var program = new VersionsProgram(
            VersionsProgram.Source.Replace("Where.Size += 10;", "Sizes.Grow(Where);", StringComparison.Ordinal), Library);
        program.Feed.Add(
            "Acme.Lib", "3.2.0",
            VersionsProgram.LibraryOf("3.2.0").Replace("public int Size", "public int Length", StringComparison.Ordinal));

        var resolved = (await program.RunAsync("environment", "resolve")).Succeeded();

        Assert.Contains("MF7026", resolved.All, StringComparison.Ordinal);
        Assert.Contains("Step 'higher' runs with Acme.Lib 3.2.0.0, which lacks", resolved.All, StringComparison.Ordinal);
        Assert.DoesNotContain("Step 'start' runs with", resolved.All, StringComparison.Ordinal);
    }

    private static string With(string version, string member)
        => VersionsProgram.LibraryOf(version).Replace("public int Size", member + " public int Size", StringComparison.Ordinal);
}
