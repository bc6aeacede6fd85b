using System.Reflection;
using Metaflow.Errors;

namespace Metaflow.Programs;

/// <summary>The flow that a program is about, and the arguments that are left for it.</summary>
/// <param name="Type">The flow's class.</param>
/// <param name="Make">Makes an object of the flow.</param>
/// <param name="Selection">The arguments that chose the flow: those before the verb in the command lines of its tasks too. Empty in a
/// program of one flow.</param>
/// <param name="Arguments">What follows them.</param>
internal sealed record ChosenFlow(Type Type, Func<FlowSpec> Make, IReadOnlyList<string> Selection, string[] Arguments)
{
    /// <summary>Gets what the user types after the program's name to choose the flow; empty in a program of one flow.</summary>
    public string Typed { get; init; } = "";

    /// <summary>Makes an object of the flow for a command.</summary>
    /// <returns>The object.</returns>
    /// <exception cref="FlowDefinitionException">The constructor raised an exception (MF6041).</exception>
    public FlowSpec MakeForCommand()
    {
        try
        {
            return Make();
        }
        catch (Exception error) when (error is not MetaflowException)
        {
            var cause = error is TargetInvocationException { InnerException: { } inner } ? inner : error;
            throw new FlowDefinitionException(
                ErrorCodes.FlowNotLoaded,
                "The flow object could not be created.",
                $"Its constructor threw {cause.GetType().FullName}: {ExceptionText.MessageOf(cause)}{PlaceOf(cause)}",
                "Let the constructor do nothing that can fail: it runs for every command and in every task. Use a parameter, a "
                    + "configuration or a service for what a step needs.",
                error);
        }
    }

    private static string PlaceOf(Exception cause)
        => cause.StackTrace is { } trace ? $" ({trace.Split('\n')[0].Trim()})." : "";
}
