using Metaflow.Cli.Parsing;
using Metaflow.Commands;
using Metaflow.Errors;
using Metaflow.Settings;

namespace Metaflow.Tool.Commands;

/// <summary>What is shown when no command is named: what the tool is, whom to ask, and help.</summary>
/// <param name="host">The tool.</param>
internal sealed class WelcomeCommand(ToolCommandHost host) : Command<ToolContext>
{
    /// <summary>A name that cannot be typed.</summary>
    public const string Name = "";

    /// <inheritdoc/>
    public override CommandSpecification Specification => new() { Summary = "Say what the tool is." };

    /// <inheritdoc/>
    public override Task<int> ExecuteAsync(ToolContext context)
    {
        context.Streams.Out.WriteLine($"Metaflow for .NET {ProductVersion.Text}");
        context.Streams.Out.WriteLine();
        foreach (var (title, address) in context.Settings.ContactInfo)
        {
            context.Streams.Out.WriteLine($"  {title}: {address}");
        }

        host.WriteHelp(null);
        return Task.FromResult(ExitCodes.Success);
    }
}
