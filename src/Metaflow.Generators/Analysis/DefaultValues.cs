using System.Globalization;
using Microsoft.CodeAnalysis;

namespace Metaflow.Generators.Analysis;

/// <summary>Says which constants can be the default of a parameter of a type. What it does not know it takes.</summary>
internal static class DefaultValues
{
    /// <summary>Returns what the type takes when it does not take the constant; else <see langword="null"/>.</summary>
    public static string? WhatIsExpected(TypedConstant given, ITypeSymbol parameterType, string? separator)
    {
        var type = ReadableTypes.WithoutNullable(parameterType);
        var isWord = ReadableTypes.IsWord(type);
        return given.Kind switch
        {
            TypedConstantKind.Array => isWord ? "a single value" : null,
            TypedConstantKind.Primitive when given.Value is string text => DefaultTexts.WhatIsExpected(text, type, separator),
            TypedConstantKind.Primitive when given.Value is not (char or bool or null) && IsNumber(type) =>
                Fits(given.Value, type) ? null : "a number that it can hold exactly",
            TypedConstantKind.Enum when type.TypeKind == TypeKind.Enum =>
                SymbolEqualityComparer.Default.Equals(given.Type, type) ? null : "one of its own members",
            TypedConstantKind.Primitive or TypedConstantKind.Enum => IsOfKind(given, type, isWord) ? null : DefaultTexts.Kind(type),
            _ => null,
        };
    }

    // What is neither a word nor a list the run time decides.
    private static bool IsOfKind(TypedConstant given, ITypeSymbol type, bool isWord) => given.Value switch
    {
        _ when !isWord => ReadableTypes.ItemOf(type) is null,
        char => type.SpecialType == SpecialType.System_Char,
        bool => type.SpecialType == SpecialType.System_Boolean,
        _ when given.Kind == TypedConstantKind.Enum => false,
        IFormattable number => DefaultTexts.WhatIsExpected(
            number.ToString(number is double or float ? "R" : null, CultureInfo.InvariantCulture), type, separator: null) is null,
        _ => true,
    };

    private static bool IsNumber(ITypeSymbol type) => type.SpecialType is >= SpecialType.System_SByte and <= SpecialType.System_Double;

    private static bool Fits(object value, ITypeSymbol type)
    {
        var isReal = value is double or float;
        var real = Convert.ToDouble(value, CultureInfo.InvariantCulture);
        if (type.SpecialType is SpecialType.System_Double or SpecialType.System_Single)
        {
            // A real constant such as 0.1 is meant as the nearest value of the type.
            return isReal || SurvivesAsReal(value, type.SpecialType);
        }

        if (isReal && (double.IsNaN(real) || Math.Abs(real) >= (double)decimal.MaxValue))
        {
            return false;
        }

        var number = Convert.ToDecimal(value, CultureInfo.InvariantCulture);
        return type.SpecialType == SpecialType.System_Decimal || (IsWhole(real, isReal) && IsInRange(number, type.SpecialType));
    }

    private static bool SurvivesAsReal(object value, SpecialType type)
    {
        var number = Convert.ToDecimal(value, CultureInfo.InvariantCulture);
        var real = type == SpecialType.System_Single ? (float)number : (double)number;
        return real.ToString("F0", CultureInfo.InvariantCulture) == number.ToString("F0", CultureInfo.InvariantCulture);
    }

    private static bool IsWhole(double real, bool isReal) => !isReal || Math.Floor(real) == real;

    private static bool IsInRange(decimal number, SpecialType type) => type switch
    {
        SpecialType.System_SByte => number is >= sbyte.MinValue and <= sbyte.MaxValue,
        SpecialType.System_Byte => number is >= byte.MinValue and <= byte.MaxValue,
        SpecialType.System_Int16 => number is >= short.MinValue and <= short.MaxValue,
        SpecialType.System_UInt16 => number is >= ushort.MinValue and <= ushort.MaxValue,
        SpecialType.System_Int32 => number is >= int.MinValue and <= int.MaxValue,
        SpecialType.System_UInt32 => number is >= uint.MinValue and <= uint.MaxValue,
        SpecialType.System_Int64 => number is >= long.MinValue and <= long.MaxValue,
        SpecialType.System_UInt64 => number is >= ulong.MinValue and <= ulong.MaxValue,
        _ => true,
    };
}
