using Metaflow.Commands;
using Metaflow.Environments.Exports;
using Metaflow.Environments.Workspaces;
using Metaflow.Environments.Views;
using Metaflow.Errors;

namespace Metaflow.Tool.EnvironmentCommands;

/// <summary>Prints an environment for other programs.</summary>
internal sealed class EnvironmentExportCommand : Command<ToolContext>
{
    private const string Format = "format";

    /// <inheritdoc/>
    public override CommandSpecification Specification => new()
    {
        Summary = "Print an environment as a lock file, as items of a project, or as requirements.",
        Details = "All formats name every package with its exact version, those that others need too. " + ToolEnvironments.ArgumentForms,
        Arguments = [ToolEnvironments.Argument],
        RequiredArguments = 1,
        Options =
        [
            new()
            {
                Name = Format,
                ValueName = "format",
                IsRequired = true,
                Choices = ExportFormat.All,
                Description = "'packages.lock.json' and 'csproj' are for NuGet, 'environment.yml' and 'explicit' for conda, "
                    + "'requirements' is for 'environment resolve', and 'conda-lock.yml', 'pixi.lock' and 'pylock.toml' are for the "
                    + "programs that write such files.",
            },
            EnvironmentOptions.Architecture,
            ToolEnvironments.Pathspec,
        ],
        Examples =
        [
            "environment export team/training:v1 --format requirements",
            "environment export step:TrainFlow/1795299563529680/train --format packages.lock.json",
        ],
    };

    /// <inheritdoc/>
    public override void CheckInput(ToolContext context)
    {
        ToolEnvironments.Check(context, context.Line.Arguments);
        if (context.Line.Text(Format) is null)
        {
            throw UsageErrors.MissingOption(Format, Format);
        }
    }

    /// <inheritdoc/>
    public override async Task<int> ExecuteAsync(ToolContext context)
    {
        using var environments = ToolEnvironments.Open(context);
        var environment = await environments.Named.FindAsync(
            ToolEnvironments.TextOf(context, context.Line.Arguments[0]), environments.Machine, context.Stopping).ConfigureAwait(false);
        var (format, framework) = (
            context.Line.Text(Format)!, NamedEnvironments.FrameworkOf(environment) ?? InputResolver.FrameworkOfProcess);
        context.Streams.Out.Write(EnvironmentExport.Write(environment, format, framework));
        foreach (var note in EnvironmentExport.Notes(environment, format, framework))
        {
            context.Say(note);
        }

        return ExitCodes.Success;
    }
}
