namespace Metaflow.Errors;

/// <summary>A fault of the framework itself, or of a plug-in (MF9xxx).</summary>
/// <inheritdoc cref="MetaflowException(string, string, string, string, Exception?)" path="/param"/>
public sealed class InternalException(string code, string what, string why, string fix, Exception? innerException = null)
    : MetaflowException(code, what, why, fix, innerException)
{
    /// <inheritdoc/>
    public override string Headline => "Internal error";

    /// <summary>Creates the error of an unexpected exception (MF9001), or of the system limit that caused it (MF3025).</summary>
    /// <param name="fault">The fault.</param>
    /// <returns>The error. For an unexpected exception, it names the type and the first place of the framework's code in the
    /// stack.</returns>
    public static MetaflowException Of(Exception fault)
    {
        ArgumentNullException.ThrowIfNull(fault);
        return LimitReached.Of(fault) ?? (MetaflowException)OfFault(fault);
    }

    /// <summary>Makes the error of a fault in a command of a plug-in (MF9002), or of the system's limit that it came from
    /// (MF3025).</summary>
    /// <param name="fault">The fault.</param>
    /// <param name="command">The command's name.</param>
    /// <param name="type">Its class.</param>
    /// <returns>The error.</returns>
    internal static MetaflowException OfPlugin(Exception fault, string command, Type type)
        => LimitReached.Of(fault) ?? (MetaflowException)new InternalException(
            ErrorCodes.PluginFault,
            $"The command '{command}' failed unexpectedly: {fault.GetType().FullName}: {fault.Message.TrimEnd('.')}.",
            $"It is a command of a plug-in, '{type.FullName}' of '{type.Assembly.GetName().Name}'.",
            "Report it to the plug-in's author with the command and this message.",
            fault);

    private static InternalException OfFault(Exception fault)
    {
        var place = fault.StackTrace?.Split('\n')
            .FirstOrDefault(static line => line.Contains(" Metaflow.", StringComparison.Ordinal))?.Trim();
        return new InternalException(
            ErrorCodes.InternalFault,
            $"Metaflow failed unexpectedly: {fault.GetType().FullName}: {fault.Message}",
            $"This is a bug of Metaflow for .NET{(place is null ? "" : $", {place}")}.",
            "Report it with the command and this message. Results that were acknowledged before are not lost.",
            fault);
    }
}
