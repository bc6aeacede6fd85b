using System.Reflection.Metadata;
using System.Text;

namespace Metaflow.Code;

/// <content>Attributes, and what else is declared beside code and read by the runtime and by serializers.</content>
internal sealed partial class CodeWalk
{
    /// <summary>Attributes that the compiler or the tools read, and those that say how often and where a step runs.</summary>
    private static readonly string[] NeutralSpaces =
    [
        "System.Runtime.CompilerServices.", "System.Diagnostics.", "System.CodeDom.Compiler.", "System.Runtime.Versioning.",
        "System.Reflection.Assembly", "Microsoft.CodeAnalysis.",
    ];

    private static readonly HashSet<string> Neutral = new(StringComparer.Ordinal)
    {
        "Metaflow.StepAttribute", "Metaflow.RetryAttribute", "Metaflow.TimeoutAttribute", "Metaflow.ResourcesAttribute",
        "Metaflow.CardAttribute", "Metaflow.ScheduleAttribute", "Metaflow.TriggerAttribute", "Metaflow.TriggerOnFinishAttribute",
        "Metaflow.ExitHookAttribute",
    };

    /// <summary>Attributes of those namespaces that change what code does.</summary>
    private static readonly HashSet<string> Effective = new(StringComparer.Ordinal)
    {
        "System.Runtime.CompilerServices.UnsafeAccessorAttribute", "System.Runtime.CompilerServices.UnsafeAccessorTypeAttribute",
        "System.Runtime.CompilerServices.InlineArrayAttribute", "System.Runtime.CompilerServices.FixedBufferAttribute",
        "System.Runtime.CompilerServices.RequiredMemberAttribute", "System.Runtime.CompilerServices.RuntimeCompatibilityAttribute",
        "System.Runtime.CompilerServices.DecimalConstantAttribute", "System.Runtime.CompilerServices.DateTimeConstantAttribute",
    };

    /// <summary>Names a class whose code runs for the steps alone that ask for a service (see <see cref="ReachServices"/>).</summary>
    private const string ServicesAttribute = "Metaflow.FlowServicesAttribute";

    private static readonly char[] AroundNames = [',', '[', ']', ' ', '&', '*'];

    private static bool IsNeutral(string attribute)
        => Neutral.Contains(attribute)
            || (!Effective.Contains(attribute)
                && Array.Exists(NeutralSpaces, space => attribute.StartsWith(space, StringComparison.Ordinal)));

    /// <summary>Writes the attributes that may change what a step does, and reaches the types that they name.</summary>
    private void WriteAttributes(AuthorAssembly assembly, CustomAttributeHandleCollection attributes)
    {
        foreach (var handle in attributes)
        {
            var attribute = assembly.Reader.GetCustomAttribute(handle);
            var type = TextOfConstructor(assembly, attribute.Constructor);
            if (!IsNeutral(type))
            {
                var values = assembly.Reader.GetBlobBytes(attribute.Value);
                Write("attribute", $"{type} {Convert.ToHexString(values)}");
                if (type != ServicesAttribute)
                {
                    UseTypesNamedIn(values);
                }
            }
        }
    }

    /// <summary>Writes an assembly's own attributes when the first of its members is reached.</summary>
    private void EnterAssembly(AuthorAssembly assembly)
    {
        if (_entered.Add(assembly))
        {
            WriteAttributes(assembly, assembly.Reader.GetAssemblyDefinition().GetCustomAttributes());
        }
    }

    /// <summary>Reaches the types that the values of an attribute name, as <c>typeof</c> or as a text. A text that has a type's name by
    /// chance reaches it too: that is more than is needed, and never less.</summary>
    private void UseTypesNamedIn(byte[] values)
    {
        foreach (var name in TextsIn(values).SelectMany(static text => text.Split(AroundNames, StringSplitOptions.RemoveEmptyEntries))
            .Distinct(StringComparer.Ordinal))
        {
            foreach (var assembly in assemblies.Opened)
            {
                if (assembly.Find(name) is { } type)
                {
                    Use(type);
                }
            }

            if (assemblies.Has(name))
            {
                _packages.Add(name);
            }
        }
    }

    /// <summary>Returns whatever may be a text in the values of an attribute: a length and as many bytes (ECMA-335, II.23.3). The kinds of
    /// values that are enumerations of other assemblies are not known here, so that every place may be the beginning of a text.</summary>
    private static IEnumerable<string> TextsIn(byte[] values)
    {
        for (var start = 0; start < values.Length; start++)
        {
            var (length, prefix) = (values[start] >> 5) switch
            {
                < 4 => (values[start], 1),
                4 or 5 when start + 1 < values.Length => (((values[start] & 0x3F) << 8) | values[start + 1], 2),
                _ => (0, 1),
            };
            if (length > 0 && start + prefix + length <= values.Length)
            {
                yield return Encoding.UTF8.GetString(values, start + prefix, length);
            }
        }
    }

    /// <summary>Writes what is declared with a method: how it is compiled and called, where it is imported from, and its
    /// parameters.</summary>
    private void WriteDeclaration(MethodKey method)
    {
        var definition = method.Definition;
        var reader = method.Assembly.Reader;
        Write("declared", definition.ImplAttributes.ToString());
        WriteAttributes(method.Assembly, definition.GetCustomAttributes());
        foreach (var handle in definition.GetParameters())
        {
            // Serializers find the parameters of constructors by their names; no one else does without reflection.
            var parameter = reader.GetParameter(handle);
            var name = method.Name == ".ctor" ? reader.GetString(parameter.Name) : "";
            Write("parameter", $"{name} {parameter.Attributes} {TextOfConstant(method.Assembly, parameter.GetDefaultValue())} "
                + TextOfBlob(method.Assembly, parameter.GetMarshallingDescriptor()));
            if (name.Length > 0)
            {
                Write("nullability", NullabilityOf(method.Type, parameter.GetCustomAttributes(), definition.GetCustomAttributes()));
            }

            WriteAttributes(method.Assembly, parameter.GetCustomAttributes());
        }

        if (definition.GetImport() is { Module.IsNil: false } import)
        {
            Write(
                "import",
                $"{reader.GetString(reader.GetModuleReference(import.Module).Name)} {reader.GetString(import.Name)} {import.Attributes}");
        }
    }

    private static string TextOfConstant(AuthorAssembly assembly, ConstantHandle constant)
        => constant.IsNil ? "" : TextOfBlob(assembly, assembly.Reader.GetConstant(constant).Value);

    private static string TextOfBlob(AuthorAssembly assembly, BlobHandle blob)
        => blob.IsNil ? "" : Convert.ToHexString(assembly.Reader.GetBlobBytes(blob));
}
