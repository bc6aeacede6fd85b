using Metaflow.Cli.Commands;
using Metaflow.Commands;
using Metaflow.Environments.Views;
using Metaflow.Programs;
using Metaflow.StepEnvironments;

namespace Metaflow.EnvironmentCommands;

/// <summary>Asks for the environments of the steps that a command line names, and prints them.</summary>
internal static class FlowEnvironmentOutput
{
    /// <summary>The argument of the commands.</summary>
    public const string StepArgument = "STEP";

    /// <summary>Asks for environments, and shows meanwhile what is done.</summary>
    /// <param name="context">The command's context.</param>
    /// <param name="ask">Asks.</param>
    /// <returns>The environments.</returns>
    public static async Task<IReadOnlyList<FlowEnvironment>> AskAsync(
        FlowContext context,
        Func<FlowEnvironments, StepEnvironmentOptions, CancellationToken, Task<IReadOnlyList<FlowEnvironment>>> ask)
    {
        using var view = new PackageView(context);
        var environments = ((FlowApplication)context.Application).Environments(
            context.Line.All(FlowContext.WithOption), context.Streams.WorkingFolder, view);
        var options = new StepEnvironmentOptions
        {
            Steps = [.. context.Line.Arguments],
            Architectures = context.Line.All(EnvironmentOptions.Architecture.Name),
            Names = context.Line.All(EnvironmentOptions.Alias.Name),
            IsForced = context.Line.Flag(EnvironmentOptions.Force.Name),
            IsDryRun = context.Line.Flag(EnvironmentOptions.DryRun.Name),
            IsLocalOnly = context.Line.Flag(EnvironmentOptions.LocalOnly.Name),
        };
        return await ask(environments, options, context.Stopping).ConfigureAwait(false);
    }

    /// <summary>Prints what is known of a step's environment for people, unless JSON is wanted. With <c>--quiet</c> it is one line: the
    /// step, then the environment's hashes and the kind of machine if it is known.</summary>
    /// <param name="context">The command's context.</param>
    /// <param name="each">What is known.</param>
    /// <param name="state">A few words on it.</param>
    /// <param name="lines">The lines after it.</param>
    public static void Write(FlowContext context, FlowEnvironment each, string state, params IEnumerable<string> lines)
    {
        if (JsonOutput.IsWanted(context))
        {
            return;
        }

        if (context.IsQuiet)
        {
            context.Streams.Out.WriteLine(each.View is { } view ? $"{each.Step} {view.ShortLine}" : each.Step);
            return;
        }

        context.Streams.Out.WriteLine($"Step {each.Step}: {state}");
        foreach (var line in lines)
        {
            context.Streams.Out.WriteLine("    " + line);
        }
    }
}
