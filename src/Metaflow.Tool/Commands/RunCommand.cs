using System.Diagnostics;
using System.Runtime.InteropServices;
using Metaflow.Commands;
using Metaflow.Errors;
using Metaflow.Settings;
using Metaflow.Tool.Programs;

namespace Metaflow.Tool.Commands;

/// <summary>Runs a flow program; it is built only when one of its files changed.</summary>
internal sealed class RunCommand : Command<ToolContext>
{
    /// <summary>The command's name.</summary>
    public const string Name = "run";

    /// <inheritdoc/>
    public override CommandSpecification Specification => new()
    {
        Summary = "Build a flow's program if it changed, and run it.",
        Details =
            "PROGRAM is a C# file, a project, or the folder of one. What follows it are the program's own arguments, which shells complete "
                + "too. Where no file of the program changed since the last build, the program starts at once.",
        Arguments = ["PROGRAM", "ARGUMENTS"],
        RequiredArguments = 1,
        LastArgumentRepeats = true,
        Examples = ["run train.cs run --epochs 3", "run train.cs dump latest/end", "run src/Train show"],
    };

    /// <summary>Marks the end of the tool's own options: all that follows the program is the program's.</summary>
    /// <param name="arguments">The tool's arguments.</param>
    public static IReadOnlyList<string> Separate(IReadOnlyList<string> arguments)
        => arguments is [Name, not ("--help" or "-h" or "--"), ..] ? [Name, "--", .. arguments.Skip(1)] : arguments;

    /// <inheritdoc/>
    public override async Task<int> ExecuteAsync(ToolContext context)
    {
        var arguments = context.Line.Arguments;
        var target = FlowTarget.Find(arguments[0], context.Streams.WorkingFolder);
        var program = BuiltProgram.Read(target) is { IsCurrent: true } current
            ? current
            : await ProgramBuild.BuildAsync(target, context.Streams.Error, context.Stopping).ConfigureAwait(false);
        return program is null ? ExitCodes.Failure : await StartAsync(context, program, [.. arguments.Skip(1)]).ConfigureAwait(false);
    }

    /// <summary>Prints what the program answers to a shell; it is not built for that.</summary>
    /// <param name="streams">The console.</param>
    /// <param name="words">What was typed from the program's file on.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> CompleteAsync(ConsoleStreams streams, IReadOnlyList<string> words)
    {
        try
        {
            var target = FlowTarget.Find(words[0], streams.WorkingFolder);
            if (BuiltProgram.Read(target) is { } program && File.Exists(program.Command))
            {
                using var answering = Process.Start(new ProcessStartInfo(
                    program.Command, [.. program.Arguments, "complete", "--", .. words.Skip(1)])
                {
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                    WorkingDirectory = streams.WorkingFolder,
                })!;
                await streams.Out.WriteAsync(await answering.StandardOutput.ReadToEndAsync().ConfigureAwait(false)).ConfigureAwait(false);
            }
        }
        catch (Exception error) when (error is ConfigurationException or System.ComponentModel.Win32Exception)
        {
            // A shell has no place for errors.
        }

        return ExitCodes.Success;
    }

    // The program has the console, and Ctrl-C reaches it as it does this one; other signals are handed on.
    private static async Task<int> StartAsync(ToolContext context, BuiltProgram program, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(program.Command, [.. program.Arguments, .. arguments])
        {
            WorkingDirectory = context.Streams.WorkingFolder,
        };
        start.Environment[GivenInvocation.Variable] = $"metaflow run {context.Line.Arguments[0]}";
        using var running = Process.Start(start)!;
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, static signal => signal.Cancel = true);
        using var quit = PosixSignalRegistration.Create(PosixSignal.SIGQUIT, static signal => signal.Cancel = true);
        using var end = Pass(PosixSignal.SIGTERM, Platform.PosixProcess.SigTerm, running.Id);
        using var hangUp = Pass(PosixSignal.SIGHUP, Platform.PosixProcess.SigHup, running.Id);
        await running.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        return running.ExitCode;
    }

    private static PosixSignalRegistration Pass(PosixSignal signal, int number, int processId)
        => PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            Platform.PosixProcess.Signal(processId, number);
        });
}
