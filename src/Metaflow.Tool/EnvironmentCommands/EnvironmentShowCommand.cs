using Metaflow.Cli.Commands;
using Metaflow.Commands;
using Metaflow.Environments.Records;
using Metaflow.Environments.Views;
using Metaflow.Errors;

namespace Metaflow.Tool.EnvironmentCommands;

/// <summary>Shows environments.</summary>
internal sealed class EnvironmentShowCommand : Command<ToolContext>
{
    /// <inheritdoc/>
    public override CommandSpecification Specification => new()
    {
        Summary = "Show environments: what was asked for, and the packages found.",
        Details = ToolEnvironments.ArgumentForms,
        Arguments = [ToolEnvironments.Argument],
        RequiredArguments = 1,
        LastArgumentRepeats = true,
        Options = [EnvironmentOptions.Architecture, EnvironmentOptions.LocalOnly, ToolEnvironments.Pathspec, JsonOutput.Option],
        Examples = ["environment show team/training:v1", "environment show step:TrainFlow/1795299563529680/train --json"],
    };

    /// <inheritdoc/>
    public override void CheckInput(ToolContext context) => ToolEnvironments.Check(context, context.Line.Arguments);

    /// <inheritdoc/>
    public override async Task<int> ExecuteAsync(ToolContext context)
    {
        using var environments = ToolEnvironments.Open(context);

        // All are looked for first: either all are shown, or the error alone.
        var found = new List<(string Text, ResolvedEnvironment Environment)>();
        foreach (var argument in context.Line.Arguments)
        {
            found.Add((argument, await environments.Named.FindAsync(
                ToolEnvironments.TextOf(context, argument), environments.Machine, context.Stopping).ConfigureAwait(false)));
        }

        var data = new Dictionary<string, object?>();
        foreach (var (text, environment) in found)
        {
            data[text] = await environments.WriteAsync(environment).ConfigureAwait(false);
        }

        if (JsonOutput.IsWanted(context))
        {
            JsonOutput.Write(context, data);
        }

        return ExitCodes.Success;
    }
}
