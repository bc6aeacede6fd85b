using System.Diagnostics;
using System.Text;
using Metaflow.Client;
using Metaflow.Errors;
using Metaflow.Metadata;
using Metaflow.Runs;

namespace Metaflow.Scenarios.Tests;

/// <summary>Runs that another program than theirs is asked to continue.</summary>
public sealed class ChangedProgramTests : IDisposable
{
    private readonly Workplace _place = new();

    private RunHandle Latest => _place.Client().Flow("MendableFlow").LatestRun!;

    [Fact]
    public async Task A_run_is_not_continued_by_a_program_in_which_its_steps_move_on_otherwise()
    {
        await _place.RunAsync("MendableFlow", "run");
        await File.WriteAllTextAsync(Path.Combine(_place.Folder, "mended"), "", CancellationToken.None);

        var refused = await _place.RunAsync("ChangedMendableFlow", "resume", "--continue", Latest.Id, "--tag", "refused");

        Assert.Equal(1, refused.ExitCode);
        Assert.Contains(ErrorCodes.GraphHasChanged, refused.Errors, StringComparison.Ordinal);
        Assert.Contains("The run has reached 'work'", refused.Errors, StringComparison.Ordinal);
        Assert.Equal(RunState.Failed, Latest.State);
        Assert.Empty(Latest.UserTags);

        // The program that it was started with can still go on.
        (await _place.RunAsync("MendableFlow", "resume", "--continue", Latest.Id)).Succeeded();
        Assert.Equal(RunState.Succeeded, Latest.State);
    }

    [Theory]
    [InlineData("\"journal\":2", "\"journal\":3", "Its version is 3.")]
    [InlineData("\"events\":[{", "\"events\":[{\"unheard\":{}},{", "this version of Metaflow does not know what it contains")]
    public async Task A_journal_of_a_later_version_is_left_alone(string known, string later, string told)
    {
        await _place.RunAsync("MendableFlow", "run");
        var path = Path.Combine(_place.Root, "MendableFlow", Latest.Id, "_meta", "journal");
        var records = JournalFile.Read(path)!.Select(static record => Encoding.UTF8.GetString(record.Span)).ToList();
        Assert.Contains(records, record => record.Contains(known, StringComparison.Ordinal));
        var rewritten = records.SelectMany(record =>
            JournalFile.Line(Encoding.UTF8.GetBytes(record.Replace(known, later, StringComparison.Ordinal)))).ToArray();
        await File.WriteAllBytesAsync(path, rewritten, CancellationToken.None);

        var refused = await _place.RunAsync("MendableFlow", "resume", "--continue", Latest.Id);

        Assert.Equal(1, refused.ExitCode);
        Assert.Contains(ErrorCodes.JournalUnknown, refused.Errors, StringComparison.Ordinal);
        Assert.Contains(told, refused.Errors, StringComparison.Ordinal);
        Assert.Equal(rewritten, await File.ReadAllBytesAsync(path, CancellationToken.None));
    }

    [Fact]
    public async Task A_task_at_work_keeps_the_code_that_it_began_with_when_a_build_overwrites_the_program()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only on Linux a build overwrites programs that run.");
        var program = Path.Combine(_place.Folder, "program");
        Directory.CreateDirectory(program);
        foreach (var file in Directory.EnumerateFiles(FlowsProgram.Original))
        {
            File.Copy(file, Path.Combine(program, Path.GetFileName(file)));
        }

        using var process = _place.Start(
            new ProcessStartInfo(Path.Combine(program, Path.GetFileName(FlowsProgram.File))), "RewrittenFlow", ["run"]);
        await process.LinesWithAsync("before");
        Overwrite(Path.Combine(program, "Metaflow.Scenarios.Flows.dll"), "the code of the run", "the NEXT of the run");
        await File.WriteAllTextAsync(Path.Combine(_place.Folder, "rewritten"), "", CancellationToken.None);
        var output = (await process.EndAsync()).Succeeded().Output;

        Assert.Contains("the code of the run", output, StringComparison.Ordinal);
    }

    public void Dispose() => _place.Dispose();

    /// <summary>Writes into a file without replacing it, as compilers do.</summary>
    private static void Overwrite(string path, string before, string after)
    {
        var content = File.ReadAllBytes(path);
        var place = content.AsSpan().IndexOf(Encoding.Unicode.GetBytes(before));
        Assert.True(place > 0);
        using var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        file.Position = place;
        file.Write(Encoding.Unicode.GetBytes(after));
    }
}
