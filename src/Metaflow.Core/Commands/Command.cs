namespace Metaflow.Commands;

/// <summary>A command of flow programs (<see cref="FlowContext"/>) or of the <c>metaflow</c> tool (<see cref="ToolContext"/>).</summary>
/// <remarks>A plug-in registers one by its name: <c>registry.Add&lt;Command&lt;FlowContext&gt;&gt;("card view", new
/// CardViewCommand())</c>. A name of two words is a subcommand. Its first word is the name of another command, often of a
/// <see cref="CommandGroup{TContext}"/>.</remarks>
/// <typeparam name="TContext">What it works with.</typeparam>
public abstract class Command<TContext>
    where TContext : CommandContext
{
    /// <summary>Gets what the command accepts, and its text for help.</summary>
    public abstract CommandSpecification Specification { get; }

    /// <summary>Gets a value indicating whether the line that says version, flow and user comes first on the standard error of a flow
    /// program. The default is <see langword="false"/>; the commands that run steps show it.</summary>
    public virtual bool ShowsHeader => false;

    /// <summary>Checks the user's input, before anything is printed. The default checks nothing.</summary>
    /// <param name="context">The context of the command.</param>
    /// <exception cref="Errors.ConfigurationException">Something typed is wrong; the exit code is 2. <see cref="UsageErrors"/> makes such
    /// errors.</exception>
    public virtual void CheckInput(TContext context)
    {
    }

    /// <summary>Executes the command.</summary>
    /// <param name="context">The context of the command.</param>
    /// <returns>The exit code; see <see cref="Errors.ExitCodes"/>.</returns>
    /// <exception cref="Errors.MetaflowException">The failure. It is printed, and its exit code becomes the exit code of the
    /// command.</exception>
    public abstract Task<int> ExecuteAsync(TContext context);
}
