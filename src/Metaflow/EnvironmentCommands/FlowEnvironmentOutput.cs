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

    /// <summary>Prints lines for people, unless JSON is wanted.</summary>
    /// <param name="context">The command's context.</param>
    /// <param name="title">The first line.</param>
    /// <param name="lines">The others.</param>
    public static void Write(FlowContext context, string title, params IEnumerable<string> lines)
    {
        if (!JsonOutput.IsWanted(context))
        {
            context.Streams.Out.WriteLine(title);
            foreach (var line in lines)
            {
                context.Streams.Out.WriteLine("    " + line);
            }
        }
    }
}
