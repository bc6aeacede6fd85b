using Metaflow.Errors;

namespace Metaflow.Scenarios.Tests;

/// <summary>What a process is started with: arguments and variables that are no UTF-8, and a folder that is gone.</summary>
public sealed class GivenTextTests : IDisposable
{
    private readonly Workplace _place = new();

    public void Dispose() => _place.Dispose();

    [Theory]
    [InlineData("set -- run --way \"$(printf 'caf\\351')\"", "The argument 'caf\\xe9' of the command line is not UTF-8.")]
    [InlineData(
        "set -- run --tag=\"$(printf 'x\\377\\357\\277\\275y')\"", "The argument '--tag=x\\xff\ufffdy' of the command line is not UTF-8.")]
    [InlineData("set -- dump \"$(printf '7\\300\\257')\"", "is not UTF-8.")]
    [InlineData(
        "set -- run; export METAFLOW_RUN_WAY=\"$(printf 'a\\377')\"", "The environment variable 'METAFLOW_RUN_WAY=a\\xff' is not UTF-8.")]
    public async Task A_byte_that_is_no_text_is_refused_before_anything_is_kept(string script, string what)
    {
        using var process = _place.StartUnder(script, "FailFlow");
        var outcome = await process.EndAsync();
        Assert.True(outcome.ExitCode == 2, outcome.All);
        Assert.Contains(what, outcome.Errors, StringComparison.Ordinal);
        Assert.Contains($"[{ErrorCodes.GivenTextNotUtf8}]", outcome.Errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_place.Root));
    }

    [Fact]
    public async Task A_byte_that_dotnet_run_replaced_is_looked_for_in_its_own_arguments()
    {
        // What 'dotnet run' does: it reads the bytes, and starts the program with what it made of them.
        await File.WriteAllTextAsync(
            Path.Combine(_place.Folder, "parent.sh"),
            """
            exec -a dotnet sh -c '"$PROGRAM" run --way "$READ"; exit $?' sh "$(printf 'caf\351')"
            """,
            TestContext.Current.CancellationToken);
        using var process = _place.StartUnder("PROGRAM=\"$0\" READ=\"$(printf 'caf\\357\\277\\275')\" exec bash parent.sh", "FailFlow");
        var outcome = await process.EndAsync();
        Assert.True(outcome.ExitCode == 2, outcome.All);
        Assert.Contains("The argument 'caf\\xe9' of the command line is not UTF-8.", outcome.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_replacement_character_that_was_typed_is_a_value()
    {
        using var process = _place.StartUnder("set -- show --namespace \"$(printf 'a\\357\\277\\275')\"", "FailFlow");
        var outcome = await process.EndAsync();
        Assert.DoesNotContain(ErrorCodes.GivenTextNotUtf8, outcome.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_working_folder_that_is_gone_is_told()
    {
        using var process = _place.StartUnder("mkdir gone; cd gone; rmdir ../gone", "FailFlow", "run");
        var outcome = await process.EndAsync();
        Assert.True(outcome.ExitCode == 2, outcome.All);
        Assert.Contains($"[{ErrorCodes.NoWorkingFolder}]", outcome.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", outcome.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_whose_standard_error_is_closed_runs()
    {
        using var process = _place.StartUnder("exec 2>&-", "LinearFlow", "run");
        Assert.Contains("Done!", (await process.EndAsync()).Succeeded().Output, StringComparison.Ordinal);
        Assert.True(_place.Client().Flow("LinearFlow").LatestRun!.Successful);
    }
}
