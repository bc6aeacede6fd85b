using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text;
using Metaflow.Errors;

namespace Metaflow.Tasks;

/// <summary>Turns an author's exception into data that shows the author's own frames.</summary>
internal static class UserFrames
{
    private const int MaxDepth = 10;

    /// <summary>Describes an exception.</summary>
    /// <param name="exception">What the author's code raised.</param>
    /// <returns>The failure; the stack trace has no frames of the framework or of the runtime's plumbing.</returns>
    public static StepFailure Describe(Exception exception) => Describe(exception, 0);

    private static StepFailure Describe(Exception exception, int depth)
    {
        IEnumerable<Exception> causes = exception is AggregateException all ? all.InnerExceptions
            : exception.InnerException is { } cause ? [cause] : [];
        var inner = depth < MaxDepth ? causes.Select(other => Describe(other, depth + 1)).ToList() : [];
        var type = exception.GetType().FullName ?? exception.GetType().Name;
        return new StepFailure(type, ExceptionText.MessageOf(exception), Text(exception, type, inner), inner.Count > 0 ? inner[0] : null);
    }

    /// <summary>Writes the whole failure; of an exception that has several causes, all of them.</summary>
    private static string Text(Exception exception, string type, IReadOnlyList<StepFailure> causes)
    {
        var text = new StringBuilder(type).Append(": ").Append(ExceptionText.MessageOf(exception));
        foreach (var frame in new StackTrace(exception, fNeedFileInfo: true).GetFrames())
        {
            if (frame.GetMethod() is { } method && IsAuthors(method))
            {
                text.Append("\n   at ").Append(NameOf(method)).Append(Place(frame));
            }
        }

        foreach (var cause in causes)
        {
            text.Append("\nCaused by ").Append(cause.StackTrace);
        }

        return text.ToString();
    }

    private static bool IsAuthors(MethodBase method)
    {
        if (method.DeclaringType is not { } type || method.Name == nameof(FlowSpec.InvokeStepAsync))
        {
            return false;
        }

        var assembly = type.Assembly.GetName().Name ?? "";
        return !(assembly is "Metaflow" or "Metaflow.Core"
            || assembly.StartsWith("System.", StringComparison.Ordinal) || assembly == "mscorlib");
    }

    /// <summary>Names a method as its author wrote it: the machinery of asynchronous methods, iterators and lambdas is taken off.</summary>
    private static string NameOf(MethodBase method)
    {
        var type = method.DeclaringType!;
        if (method.Name is "MoveNext" && Between(type.Name) is { } written)
        {
            return $"{type.DeclaringType}.{written}({(type.DeclaringType is null ? "" : "…")})";
        }

        var owner = type.Name.StartsWith('<') && type.DeclaringType is { } outer ? outer : type;
        var name = Between(method.Name) is { } lambda ? $"{lambda} (lambda)" : method.Name;
        var parameters = string.Join(", ", method.GetParameters().Select(static p => $"{p.ParameterType.Name} {p.Name}"));
        return $"{owner}.{name}({parameters})";
    }

    private static string? Between(string name)
    {
        var end = name.IndexOf('>', StringComparison.Ordinal);
        return name.StartsWith('<') && end > 1 ? name[1..end] : null;
    }

    private static string Place(StackFrame frame)
        => frame.GetFileName() is { } file
            ? string.Create(CultureInfo.InvariantCulture, $" in {file}:line {frame.GetFileLineNumber()}")
            : "";
}
