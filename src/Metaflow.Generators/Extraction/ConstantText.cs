using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Metaflow.Generators.Extraction;

/// <summary>Writes the constants of attributes, and whole attributes, as C# expressions.</summary>
internal static class ConstantText
{
    /// <summary>Returns the expression that makes an attribute again, or <see langword="null"/> when its source has errors.</summary>
    /// <param name="attribute">The attribute.</param>
    /// <param name="isFilled">Says of which texts references to configurations are filled when the attribute is made.</param>
    public static string? Of(AttributeData attribute, Func<string, bool>? isFilled = null)
    {
        if (attribute.AttributeClass is not { TypeKind: not TypeKind.Error } type || attribute.AttributeConstructor is null
            || attribute.ConstructorArguments.Concat(attribute.NamedArguments.Select(static argument => argument.Value))
                .Any(static value => value.Kind == TypedConstantKind.Error))
        {
            return null;
        }

        var arguments = string.Join(", ", attribute.ConstructorArguments.Select(value => Of(value, isFilled)));
        var text = $"new {CSharpTypeName.ForTypeOf(type)}({arguments})";
        var named = attribute.NamedArguments
            .Select(argument => $"{CSharpTypeName.Identifier(argument.Key)} = {Of(argument.Value, isFilled)}");
        return attribute.NamedArguments.Length == 0 ? text : $"{text} {{ {string.Join(", ", named)} }}";
    }

    public static string Of(TypedConstant constant, Func<string, bool>? isFilled = null) => constant.Kind switch
    {
        _ when constant.IsNull => "null",
        _ when constant.Kind == TypedConstantKind.Primitive && constant.Value is string text && isFilled?.Invoke(text) == true =>
            $"ConfigText({Primitive(text)})",
        TypedConstantKind.Enum => $"({CSharpTypeName.ForTypeOf(constant.Type!)})({Primitive(constant.Value!)})",
        TypedConstantKind.Type => $"typeof({CSharpTypeName.ForTypeOf((ITypeSymbol)constant.Value!)})",
        TypedConstantKind.Array =>
            $"new {CSharpTypeName.ForTypeOf(constant.Type!)} {{ {string.Join(", ", constant.Values.Select(value => Of(value, isFilled)))} "
                + $"}}",
        _ => Primitive(constant.Value!),
    };

    /// <summary>Returns a parameter's default: a number is converted to the parameter's type, as the compiler would in an
    /// assignment.</summary>
    public static string OfDefault(TypedConstant constant, ITypeSymbol parameterType)
    {
        var type = parameterType is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable
            ? nullable.TypeArguments[0]
            : parameterType;
        return constant.Kind == TypedConstantKind.Primitive && IsNumber(constant.Type) && IsNumber(type)
            ? $"({CSharpTypeName.ForTypeOf(type)})({Of(constant)})"
            : Of(constant);
    }

    private static bool IsNumber(ITypeSymbol? type) => type?.SpecialType is >= SpecialType.System_SByte and <= SpecialType.System_Double;

    private static string Primitive(object value) => value switch
    {
        string text => SymbolDisplay.FormatLiteral(text, quote: true),
        char letter => SymbolDisplay.FormatLiteral(letter, quote: true),
        bool truth => truth ? "true" : "false",
        double number => Real(number, "double", "d"),
        float number => Real(number, "float", "f"),
        int number => number.ToString(CultureInfo.InvariantCulture),
        IFormattable number => $"({TypeKeyword(number)})({number.ToString(null, CultureInfo.InvariantCulture)})",
        _ => "null",
    };

    private static string TypeKeyword(object number) => number switch
    {
        long => "long",
        byte => "byte",
        sbyte => "sbyte",
        short => "short",
        ushort => "ushort",
        uint => "uint",
        _ => "ulong",
    };

    private static string Real(double number, string keyword, string suffix)
    {
        if (double.IsNaN(number))
        {
            return keyword + ".NaN";
        }

        if (double.IsInfinity(number))
        {
            return keyword + (number > 0 ? ".PositiveInfinity" : ".NegativeInfinity");
        }

        return number.ToString(suffix == "f" ? "G9" : "R", CultureInfo.InvariantCulture) + suffix;
    }
}
