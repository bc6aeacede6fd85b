using Metaflow.Cli.Parsing;
using Metaflow.Running;

namespace Metaflow.Cli.Commands;

/// <summary>A command of a flow program.</summary>
internal abstract class FlowCommand
{
    /// <summary>Gets a value indicating whether the line that says version, flow and user comes first. The default is <see langword="true"/>.</summary>
    public virtual bool ShowsHeader => true;

    /// <summary>Says what the command accepts, for the parser and for help.</summary>
    public abstract CommandSpecification Specify(IFlowApplication application);

    /// <summary>Checks all that the user typed, before anything is printed. By default there is nothing to check.</summary>
    /// <exception cref="Errors.ConfigurationException">Something typed is wrong; the exit code is 2.</exception>
    public virtual void CheckInput(CommandContext context)
    {
    }

    /// <summary>Does the command.</summary>
    /// <returns>The exit code.</returns>
    public abstract Task<int> ExecuteAsync(CommandContext context);
}
