using Microsoft.Diagnostics.Runtime;

namespace Metaflow.Cli.Debugging;

/// <summary>Writes methods as their authors know them: the compiler gives asynchronous methods and lambdas other names.</summary>
internal static class MethodNames
{
    private static readonly string[] Framework =
        ["Metaflow.dll", "Metaflow.Core.dll", "Metaflow.Cli.dll", "Metaflow.Hosting.dll", "Metaflow.TaskHost.dll", "Metaflow.Testing.dll"];

    /// <summary>Returns the name of a method with its class.</summary>
    /// <param name="method">The method.</param>
    public static string Of(ClrMethod method)
    {
        var type = Plain(method.Type.Name ?? "");
        if (OfStateMachine(type) is { } machine)
        {
            return machine;
        }

        // The signature has the type arguments in double brackets, with points in them.
        var signature = Plain(method.Signature ?? $"{type}.{method.Name}()");
        var arguments = signature.IndexOf('(', StringComparison.Ordinal);
        var name = signature[(signature.LastIndexOf('.', arguments) + 1)..arguments];
        var parameters = SignatureText.Of(signature[arguments..]);
        return Within(name, ">b__") is { } lambda ? $"{OuterOf(type)}.{lambda} (lambda){parameters}"
            : Within(name, ">g__") is { } local ? $"{OuterOf(type)}.{local} (local function){parameters}"
            : $"{type.Replace('+', '.')}.{name}{parameters}";
    }

    /// <summary>Returns the method that a class was made of by the compiler: <c>Flow.Train</c> of <c>Flow+&lt;Train&gt;d__3</c>.</summary>
    /// <param name="type">The full name of the class.</param>
    /// <returns>The method with its class; <see langword="null"/> for a class that an author wrote.</returns>
    public static string? OfStateMachine(string type)
        => type.Contains("+<", StringComparison.Ordinal) && Within(type[(type.LastIndexOf('+') + 1)..], ">d") is { } method
            ? $"{OuterOf(type)}.{method}"
            : null;

    /// <summary>Returns whether a frame is one that the compiler adds to asynchronous methods.</summary>
    /// <param name="method">The method.</param>
    public static bool IsPlumbing(ClrMethod method)
        => method.Type.Name?.StartsWith("System.Runtime.CompilerServices.Async", StringComparison.Ordinal) == true;

    /// <summary>Returns whether a method is neither the runtime's nor Metaflow's, nor written by its generator.</summary>
    /// <param name="method">The method.</param>
    /// <param name="place">The place of the method's source, where it is known.</param>
    public static bool IsOfAuthor(ClrMethod method, string? place)
        => IsOfAuthor(method.Type) && place?.Contains(".Metaflow.g.cs:", StringComparison.Ordinal) != true;

    /// <summary>Returns whether a class is in an assembly that is neither the runtime's nor Metaflow's.</summary>
    /// <param name="type">The class.</param>
    public static bool IsOfAuthor(ClrType? type)
        => type is { Name: { } name, Module: var module }
            && name is not "Program" && !name.StartsWith("Program+", StringComparison.Ordinal)
            && Path.GetFileName(module.Name) is { Length: > 0 } file && !Framework.Contains(file)
            && !file.StartsWith("System.", StringComparison.Ordinal) && !file.StartsWith("Microsoft.", StringComparison.Ordinal);

    // The closures of lambdas are classes inside of the author's own.
    private static string OuterOf(string type)
    {
        var generated = type.IndexOf("+<", StringComparison.Ordinal);
        return (generated < 0 ? type : type[..generated]).Replace('+', '.');
    }

    // <Train>b__3_0 and <<Main>$>d__0 are made of Train and of Main.
    private static string? Within(string name, string end)
        => name.StartsWith('<') && name.IndexOf(end, StringComparison.Ordinal) is var at and > 0 ? name[1..at].Trim('<', '>', '$') : null;

    private static string Plain(string name)
    {
        for (var start = name.IndexOf("[[", StringComparison.Ordinal); start >= 0; start = name.IndexOf("[[", StringComparison.Ordinal))
        {
            var end = name.IndexOf("]]", start, StringComparison.Ordinal);
            if (end < 0)
            {
                break;
            }

            name = name.Remove(start, end + 2 - start);
        }

        return name;
    }
}
